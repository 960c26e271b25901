import { expect, test } from 'vitest'
import { emptyPlanned, plannedBody } from './planned'

const night = { starts_at: '2026-11-21T22:00:00Z', ends_at: '2026-11-22T06:00:00Z' } // 23:00 - 07:00
const aForm = (part = {}) => ({
  ...emptyPlanned('visit', night, Date.parse('2026-11-22T01:14:00Z')),
  client_id: 'client',
  title: 'Insuline',
  ...part,
})

test('it begins with the next quarter of an hour and two hours of room', () => {
  expect(aForm()).toMatchObject({ from: '02:15', until: '04:15' })
  expect(emptyPlanned('visit', night, Date.parse('2026-11-22T05:10:00Z'))).toMatchObject({
    from: '06:15',
    until: '07:00',
  })
})
test('what is missing is named where it is typed', () => {
  expect(plannedBody(aForm(), night).errors).toBeNull()
  expect(plannedBody(aForm({ client_id: null, title: ' ', from: '12:00', service_minutes: 3 }), night).errors).toEqual({
    client: 'choose_client',
    title: 'required',
    window_start: 'outside_night',
    service_minutes: 'out_of_range',
  })
  expect(plannedBody(aForm({ until: '02:00' }), night).errors).toEqual({ window_end: 'before_start' })
})
test('the server hears moments, not words', () => {
  expect(plannedBody(aForm(), night).body).toMatchObject({
    window_start: '2026-11-22T01:15:00.000Z',
    window_end: '2026-11-22T03:15:00.000Z',
    title: 'Insuline',
  })
})
