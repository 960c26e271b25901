import { describe, expect, test } from 'vitest'
import { addSentences, sentence } from './nl'
import { age, clock, dayAndClock, deadline, minutes } from './time'
import { uuid7 } from './uuid7'

describe('time', () => {
  test('is the clock on a Dutch wall, in winter and in summer', () => {
    expect(clock('2026-11-22T01:31:00Z')).toBe('02:31')
    expect(clock('2026-07-01T01:31:00Z')).toBe('03:31')
  })
  test('says which day when it is another one', () => {
    const now = '2026-11-22T02:00:00Z'
    expect(dayAndClock('2026-11-22T01:00:00Z', now)).toBe('02:00')
    expect(dayAndClock('2026-11-21T02:10:00Z', now)).toBe('gisteren 03:10')
    expect(dayAndClock('2026-11-19T02:10:00Z', now)).toBe('donderdag 03:10')
    expect(dayAndClock('2026-10-01T02:10:00Z', now)).toBe('1 oktober 04:10')
  })
  test('counts down, and says it when it is too late', () => {
    const now = '2026-11-22T02:00:00Z'
    expect(deadline('2026-11-22T02:28:00Z', now)).toBe('binnen 28 min')
    expect(deadline('2026-11-22T02:00:10Z', now)).toBe('nu')
    expect(deadline('2026-11-22T01:48:00Z', now)).toBe('12 min te laat')
    expect(minutes(125)).toBe('2 uur 5 min')
    expect(age('2026-11-22T01:59:48Z', now)).toBe('12 s geleden')
  })
})

describe('sentences', () => {
  test('a code becomes Dutch, and an unknown code is never shown', () => {
    expect(sentence('not_logged_in')).toContain('Log opnieuw in')
    expect(sentence('something_new')).not.toContain('something_new')
    addSentences({ something_new: ({ by }) => `Nu wel, zegt ${by}.` })
    expect(sentence('something_new', { by: 'Noor' })).toBe('Nu wel, zegt Noor.')
  })
})

test('an id made on the phone is a UUIDv7 that sorts by time', () => {
  const early = uuid7(Date.parse('2026-11-22T01:00:00Z'))
  expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(uuid7(Date.parse('2026-11-22T01:00:01Z')) > early).toBe(true)
})
