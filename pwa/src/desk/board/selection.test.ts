// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { aBoard, anAlarm, aVisit, aWaiting } from '../builders'
import type { Board } from '../server/types'
import { board } from './board.svelte'
import { selection } from './selection.svelte'

/** As start.ts does it for every new board. */
function show(part: Partial<Board>) {
  const before = board.data
  board.live = { ...board.live, board: aBoard(part) }
  selection.keepUp(before)
}

beforeEach(() => {
  show({})
  selection.look(null)
  selection.tab = 'queue'
})

test('a chosen alarm also chooses the visit it is about, and when it ends the visit stays', () => {
  show({ visits: [aVisit()], alarms: [anAlarm()] })
  selection.select({ kind: 'alarm', id: 'alarm-1' })
  expect([selection.alarm?.id, selection.visit?.id]).toEqual(['alarm-1', 'visit-1'])
  show({ visits: [aVisit()] })
  expect(selection.item).toEqual({ kind: 'visit', id: 'visit-1' })
})

test('a question that became a visit is still what is looked at', () => {
  show({ waiting: [aWaiting()] })
  selection.select({ kind: 'waiting', id: 'request-9' })
  show({ visits: [aVisit({ care_request_id: 'request-9' })] })
  expect(selection.visit?.care_request_id).toBe('request-9')
})

test('when the night is closed nothing is looked at any more', () => {
  show({ visits: [aVisit()] })
  selection.select({ kind: 'visit', id: 'visit-1' })
  show({ night: null })
  expect(selection.item).toBeNull()
})

test('a visit that is followed is chosen as soon as it is on the board, and once', () => {
  selection.follow('request-1')
  expect(selection.item).toBeNull()
  show({ visits: [aVisit()] })
  expect([selection.visit?.id, selection.tab]).toEqual(['visit-1', 'detail'])
  selection.look(null)
  show({ visits: [aVisit()] })
  expect(selection.item).toBeNull()
})

test('another choice puts the car down, the same one keeps it in hand', () => {
  selection.select({ kind: 'visit', id: 'visit-1' })
  selection.chosenShift = 'shift-2'
  selection.select({ kind: 'visit', id: 'visit-1' })
  expect(selection.chosenShift).toBe('shift-2')
  selection.look({ kind: 'visit', id: 'visit-2' })
  expect(selection.chosenShift).toBeNull()
})
