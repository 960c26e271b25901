import { expect, test } from 'vitest'
import { aBoard, at, aVisit, NOW } from '../builders'
import { blockOf, blocksOf, hourMarks, percent, visibleSpan } from './timeline'

const night = aBoard().night

test('the present stands at a quarter, and the window stays inside the night', () => {
  const span = visibleSpan(night, NOW)
  expect(percent(span, NOW)).toBeCloseTo(25, 0)
  expect(visibleSpan(night, Date.parse(night!.starts_at)).from).toBe(Date.parse(night!.starts_at))
  expect(visibleSpan(night, Date.parse(night!.ends_at)).until).toBe(Date.parse(night!.ends_at))
  expect(visibleSpan(night, NOW, 10)).toEqual({ from: Date.parse(night!.starts_at), until: Date.parse(night!.ends_at) })
})

test('a planned visit begins when its window opens, also when the car is early', () => {
  const span = { from: NOW, until: NOW + 100 * 60_000 }
  const block = blockOf(
    aVisit({ eta_at: at(10), travel_s: 600, window_start: at(20), service_minutes: 30 }),
    span,
    NOW,
  )!
  expect(block.drive).toEqual({ left: 0, width: 10 })
  expect(block.stay).toEqual({ left: 20, width: 30 })
})

test('what really happened wins over the plan, and a visit that runs on keeps growing', () => {
  const span = { from: NOW - 50 * 60_000, until: NOW + 50 * 60_000 }
  const done = blockOf(
    aVisit({ status: 'done', eta_at: at(-10), arrived_at: at(-30), finished_at: at(-10) }),
    span,
    NOW,
  )!
  expect(done.stay).toEqual({ left: 20, width: 20 })
  const busy = blockOf(aVisit({ status: 'on_scene', arrived_at: at(-40), service_minutes: 10 }), span, NOW)!
  expect(busy.stay).toEqual({ left: 10, width: 40 })
})

test('what lies outside the window is left out, what sticks out is cut off', () => {
  const span = { from: NOW, until: NOW + 60 * 60_000 }
  expect(blockOf(aVisit({ eta_at: at(120), window_start: at(-90) }), span, NOW)).toBeNull()
  expect(blockOf(aVisit({ eta_at: at(54), window_start: at(-90) }), span, NOW)!.stay).toEqual({ left: 90, width: 10 })
  expect(blockOf(aVisit({ window_start: at(-90) }), span, NOW)).toBeNull()
})

test('a label may run on until the next visit begins', () => {
  const span = { from: NOW, until: NOW + 100 * 60_000 }
  const plan = { window_start: at(-90), service_minutes: 10 }
  const [first, last] = blocksOf(
    [aVisit({ ...plan, id: 'a', eta_at: at(10) }), aVisit({ ...plan, id: 'b', eta_at: at(50) })],
    span,
    NOW,
  )
  expect([first!.room, last!.room]).toEqual([39, 49])
})

test('there is a mark at every whole hour that "nu" leaves free', () => {
  expect(hourMarks(visibleSpan(night, NOW), NOW, 4).length).toBe(4)
})

test('an hour that "nu" would cover, or that would be cut off at the edge, is left out', () => {
  const span = { from: NOW - 3_600_000, until: NOW + 4 * 3_600_000 } // 01:14 - 06:14
  const hours = (now: number) => hourMarks(span, now, 8).map((mark) => new Date(mark.at).getUTCHours())
  expect(hours(NOW)).toEqual([1, 2, 3, 4, 5].filter((hour) => hour !== 1))
  expect(hours(NOW + 40 * 60_000)).toEqual([1, 3, 4, 5])
})

test('a label stops where the drive to the next visit begins, but never short of its own block', () => {
  const span = { from: NOW, until: NOW + 100 * 60_000 }
  const plan = { window_start: at(-90), service_minutes: 10 }
  const first = aVisit({ ...plan, id: 'a', eta_at: at(10) })
  expect(blocksOf([first, aVisit({ ...plan, id: 'b', eta_at: at(50), travel_s: 1200 })], span, NOW)[0]!.room).toBe(19)
  expect(blocksOf([first, aVisit({ ...plan, id: 'c', eta_at: at(30), travel_s: 1200 })], span, NOW)[0]!.room).toBe(9)
})
