import { expect, test } from 'vitest'
import { momentInNight } from './moments'

const night = { starts_at: '2026-11-21T22:00:00Z', ends_at: '2026-11-22T06:00:00Z' } // 23:00 - 07:00

test('a time on the wall is the moment of this night, before and after midnight', () => {
  expect(momentInNight('23:30', night)).toBe('2026-11-21T22:30:00.000Z')
  expect(momentInNight('02:10', night)).toBe('2026-11-22T01:10:00.000Z')
  expect(momentInNight(' 0210', night)).toBe('2026-11-22T01:10:00.000Z')
  expect(momentInNight('07:00', night)).toBe('2026-11-22T06:00:00.000Z')
})
test('a time that this night does not have is none', () => {
  for (const word of ['07:15', '22:45', '12:00', '', '25:00']) expect(momentInNight(word, night)).toBeNull()
})
test('in the night that summer time ends the clock is still right', () => {
  const long = { starts_at: '2026-10-24T21:00:00Z', ends_at: '2026-10-25T06:00:00Z' } // 23:00 summer time - 07:00 winter time
  expect(momentInNight('05:00', long)).toBe('2026-10-25T04:00:00.000Z')
})
