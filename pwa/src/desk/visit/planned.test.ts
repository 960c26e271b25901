import { expect, test } from 'vitest'
import { emptyPlanned, missingForPlanned, momentInNight, plannedBody } from './planned'

const night = { starts_at: '2026-11-21T22:00:00Z', ends_at: '2026-11-22T06:00:00Z' } // 23:00 - 07:00
const aForm = (part = {}) => ({
  ...emptyPlanned('visit', night, Date.parse('2026-11-22T01:14:00Z')),
  client_id: 'client',
  title: 'Insuline',
  ...part,
})

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
test('it begins with the next quarter of an hour and two hours of room', () => {
  expect(aForm()).toMatchObject({ from: '02:15', until: '04:15' })
  expect(emptyPlanned('visit', night, Date.parse('2026-11-22T05:10:00Z'))).toMatchObject({
    from: '06:15',
    until: '07:00',
  })
})
test('what is missing is named where it is typed', () => {
  expect(missingForPlanned(aForm(), night)).toEqual({})
  expect(missingForPlanned(aForm({ client_id: null, title: ' ', from: '12:00', service_minutes: 3 }), night)).toEqual({
    client: 'choose_client',
    title: 'required',
    window_start: 'outside_night',
    service_minutes: 'out_of_range',
  })
  expect(missingForPlanned(aForm({ until: '02:00' }), night)).toEqual({ window_end: 'before_start' })
})
test('the server hears moments, not words', () => {
  expect(plannedBody(aForm(), night)).toMatchObject({
    window_start: '2026-11-22T01:15:00.000Z',
    window_end: '2026-11-22T03:15:00.000Z',
    title: 'Insuline',
  })
})
