import { expect, test } from 'vitest'
import { breakBlock, breakBody, breakForm, breakText, isLateBreak, restingBreak, type Break } from './breaks'
import { aCar, at, NOW } from '../builders'

const rest = (part: Partial<Break> = {}): Break => ({
  id: 'break-1',
  earliest_at: at(30),
  latest_at: at(90),
  minutes: 30,
  planned_at: at(46),
  started_at: null,
  ended_at: null,
  ...part,
})

test('a break is planned, under way, had or missed, and the board says which', () => {
  expect(breakText(rest(), NOW)).toBe('pauze 03:00 – 03:30')
  expect(breakText(rest({ started_at: at(-10) }), NOW)).toBe('in pauze tot 02:34')
  expect(breakText(rest({ started_at: at(-40), ended_at: at(-20) }), NOW)).toBe('pauze gehad 01:34 – 01:54')
  expect(breakText(rest({ started_at: at(-40) }), NOW)).toBe('pauze gehad 01:34 – 02:04') // nobody said so; its minutes passed
  expect(breakText(rest({ planned_at: null }), NOW)).toBe('pauze gemist (uiterlijk 03:44)')
})

test('a break that the route pushes too late says until when it should have begun', () => {
  expect(isLateBreak(rest())).toBe(false)
  expect(breakText(rest({ planned_at: at(100) }), NOW)).toBe('pauze 03:54 – 04:24, later dan 03:44')
})

test('a car rests as long as its break lasts, or until somebody says that it is over', () => {
  expect(restingBreak(aCar({ breaks: [rest({ started_at: at(-10) })] }), NOW)?.id).toBe('break-1')
  expect(restingBreak(aCar({ breaks: [rest({ started_at: at(-10), ended_at: at(-2) })] }), NOW)).toBeUndefined()
  expect(restingBreak(aCar({ breaks: [rest({ started_at: at(-31) })] }), NOW)).toBeUndefined()
})

test('its block on the lane is clipped to what is shown', () => {
  const span = { from: NOW, until: NOW + 100 * 60_000 }
  expect(breakBlock(rest(), span)).toEqual({ left: 46, width: 30 })
  expect(breakBlock(rest({ started_at: at(-10) }), span)).toEqual({ left: 0, width: 20 })
  expect(breakBlock(rest({ planned_at: null }), span)).toBeNull()
})

test('a new break lies in the coming hours of this shift, and the form is read back as moments of this night', () => {
  const car = aCar()
  expect(breakForm(null, car, NOW)).toEqual({ from: '02:15', until: '04:15', minutes: 30 })
  expect(breakBody(breakForm(null, car, NOW), car)).toEqual({
    body: { earliest_at: at(1), latest_at: '2026-11-22T03:15:00.000Z', minutes: 30 },
    errors: null,
  })
  expect(breakBody({ from: '04:00', until: '03:00', minutes: 200 }, car).errors).toEqual({
    latest_at: 'before_start',
    minutes: 'out_of_range',
  })
  expect(breakBody({ from: '12:00', until: 'straks', minutes: 30 }, car).errors).toEqual({
    earliest_at: 'outside_shift',
    latest_at: 'outside_shift',
  })
})
