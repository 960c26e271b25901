import { expect, test } from 'vitest'
import { aBoard, aCar, anAlarm, at, aVisit, aWaiting, NOW } from '../builders'
import {
  isLate,
  openAlarms,
  step,
  visitForStatus,
  visitTimer,
  waitingForDecision,
  waitingTimer,
  walkOrder,
  normAlarms,
  standingAlarms,
  subjectOf,
} from './queue'

const ids = (list: { id: string }[]) => list.map((item) => item.id)

test('the most urgent waits on top, and of two equals the one that waits longest', () => {
  const board = aBoard({
    visits: [
      aVisit({ id: 'u4', urgency: 'U4' }),
      aVisit({ id: 'u2-young', window_start: at(-1) }),
      aVisit({ id: 'u2-old', window_start: at(-9) }),
      aVisit({ id: 'has-a-car', urgency: 'U2', status: 'assigned', shift_id: 'shift-2' }),
    ],
  })
  expect(ids(waitingForDecision(board))).toEqual(['u2-old', 'u2-young', 'u4'])
})

test('a question nobody triaged stands behind U2 and before U3, because it could be anything', () => {
  const board = aBoard({
    visits: [aVisit({ id: 'u3', urgency: 'U3' }), aVisit({ id: 'u2' })],
    waiting: [aWaiting({ care_request_id: 'asks' })],
  })
  expect(ids(waitingForDecision(board))).toEqual(['u2', 'asks', 'u3'])
})

test('a nurse in need stands before every other alarm, and an acknowledged alarm no longer asks', () => {
  const board = aBoard({
    alarms: [
      anAlarm({ id: 'ring' }),
      anAlarm({ id: 'nurse', kind: 'nurse_alarm', raised_at: at(0) }),
      anAlarm({ id: 'seen', acknowledged_at: at(0) }),
    ],
  })
  expect(ids(openAlarms(board))).toEqual(['nurse', 'ring'])
})

test('J and K walk past alarms first and stop at both ends', () => {
  const board = aBoard({ alarms: [anAlarm()], visits: [aVisit()] })
  const order = walkOrder(board)
  const first = step(order, null, 1)
  expect(first).toEqual({ kind: 'alarm', id: 'alarm-1' })
  const second = step(order, first, 1)
  expect(second).toEqual({ kind: 'visit', id: 'visit-1' })
  expect(step(order, second, 1)).toEqual(second)
  expect(step(order, first, -1)).toEqual(first)
  expect(step([], second, 1)).toBeNull()
})

test('the bar is empty at the start, full at the norm and says how many minutes are left', () => {
  const visit = aVisit({ window_start: at(-15), window_end: at(15) })
  expect(visitTimer(visit, NOW)).toEqual({ minutes_left: 15, fraction: 0.5, is_late: false })
  expect(visitTimer(visit, NOW + 20 * 60_000)).toMatchObject({ fraction: 1, is_late: true })
  expect(waitingTimer(aWaiting({ received_at: at(-4) }), NOW).minutes_left).toBe(6)
})

test('a visit is late when its car arrives after the norm, also while that is still to come', () => {
  expect(isLate(aVisit({ window_end: at(10), eta_at: at(12) }), NOW)).toBe(true)
  expect(isLate(aVisit({ window_end: at(10), eta_at: at(8) }), NOW)).toBe(false)
  expect(isLate(aVisit({ window_end: at(-5), status: 'done', arrived_at: at(-9) }), NOW)).toBe(false)
  expect(isLate(aVisit({ window_end: at(-5) }), NOW)).toBe(true)
})

test('"on the scene" is about the visit the car drives to, not about the next one', () => {
  const board = aBoard({
    cars: [aCar()],
    visits: [
      aVisit({ id: 'next', shift_id: 'shift-2', status: 'assigned', eta_at: at(90) }),
      aVisit({ id: 'current', shift_id: 'shift-2', status: 'under_way', eta_at: at(5) }),
      aVisit({ id: 'past', shift_id: 'shift-2', status: 'done', arrived_at: at(-60) }),
    ],
  })
  expect(visitForStatus(board, 'shift-2', 'on_scene')?.id).toBe('current')
  expect(visitForStatus(board, 'shift-2', 'accepted')?.id).toBe('next')
  expect(visitForStatus(board, 'shift-3', 'done')).toBeNull()
})

test('a question over its norm carries its own alarm: five of them do not push the list away', () => {
  const five = [1, 2, 3, 4, 5].map((n) => `request-${n}`)
  const board = aBoard({
    waiting: five.map((care_request_id) => aWaiting({ care_request_id })),
    alarms: [
      ...five.map((care_request_id) =>
        anAlarm({ id: `late-${care_request_id}`, kind: 'late_norm', visit_id: null, shift_id: null, care_request_id }),
      ),
      anAlarm({ id: 'silent' }),
    ],
    visits: [aVisit({ status: 'assigned', care_request_id: null })],
  })
  expect([...normAlarms(board).keys()]).toEqual(five)
  expect(standingAlarms(board).map((alarm) => alarm.id)).toEqual(['silent'])
  expect(walkOrder(board).map((entry) => entry.id)).toEqual(['silent', ...five])
  expect(openAlarms(board)).toHaveLength(6)
})

test('a norm that passed while a car has the visit still needs a place of its own', () => {
  const board = aBoard({ visits: [aVisit({ status: 'under_way' })], alarms: [anAlarm({ kind: 'late_norm' })] })
  expect(normAlarms(board).size).toBe(0)
  expect(standingAlarms(board)).toHaveLength(1)
})

test('an alarm leads to what it is about, also when the question has become a visit', () => {
  const late = anAlarm({ kind: 'late_norm', visit_id: null, care_request_id: 'request-9' })
  expect(subjectOf(late, aBoard({ waiting: [aWaiting()] }))).toEqual({ kind: 'waiting', id: 'request-9' })
  expect(subjectOf(late, aBoard({ visits: [aVisit({ care_request_id: 'request-9' })] }))).toEqual({
    kind: 'visit',
    id: 'visit-1',
  })
  expect(subjectOf(late, aBoard())).toBeNull()
  expect(
    subjectOf(anAlarm({ kind: 'push_dead', visit_id: null }), aBoard({ visits: [aVisit({ care_request_id: null })] })),
  ).toBeNull()
})

test('a visit for two cars that nobody has yet is one card; with one car sent, the other part waits by itself', () => {
  const pair = [aVisit({ double_id: 'request-1' }), aVisit({ id: 'visit-2', part: 2, double_id: 'request-1' })]
  expect(waitingForDecision(aBoard({ visits: pair })).map((item) => item.id)).toEqual(['visit-1'])
  const sent = [{ ...pair[0]!, status: 'assigned' as const, shift_id: 'shift-2' }, pair[1]!]
  expect(waitingForDecision(aBoard({ visits: sent })).map((item) => item.id)).toEqual(['visit-2'])
})
