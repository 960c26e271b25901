import { expect, test } from 'vitest'
import { aBoard, aCar, at, aVisit } from '../builders'
import { partnerOf } from './together'

const mine = aVisit({ double_id: 'request-1', status: 'assigned', shift_id: 'shift-2', eta_at: at(10) })
const hers = aVisit({
  id: 'visit-2',
  part: 2,
  double_id: 'request-1',
  status: 'assigned',
  shift_id: 'shift-3',
  eta_at: at(12),
})
const cars = [aCar(), aCar({ shift_id: 'shift-3', car_name: 'Auto 3', car_number: 3 })]
const about = (part: Partial<typeof hers>, own: Partial<typeof mine> = {}) => {
  const visit = { ...mine, ...own }
  return partnerOf(aBoard({ visits: [visit, { ...hers, ...part }], cars }), visit)
}

test('somebody who goes alone has no partner, and neither has one whose partner is done or not needed', () => {
  expect(partnerOf(aBoard({ visits: [mine], cars }), mine)).toBeNull()
  expect(about({ status: 'done' })).toBeNull()
  expect(about({ status: 'cancelled' })).toBeNull()
  expect(about({}, { double_id: null })).toBeNull()
})

test('two who arrive together are one moment, the later of the two', () => {
  expect(about({})).toMatchObject({ text: 'samen met auto 3, 02:26', is_bad: false })
})

test('more than ten minutes apart is said aloud, to the one who waits and to the one who is late', () => {
  expect(about({ eta_at: at(25) })).toMatchObject({
    text: 'samen met auto 3, die komt 15 min later (02:39)',
    is_bad: true,
  })
  expect(about({ eta_at: at(10) }, { eta_at: at(25) })?.text).toBe(
    'samen met auto 3, die wacht daar 15 min (vanaf 02:24)',
  )
})

test('before the window opens nobody waits for anybody', () => {
  const window_start = at(60)
  expect(about({ window_start, eta_at: at(58) }, { window_start, eta_at: at(20) })).toMatchObject({
    text: 'samen met auto 3, 03:14',
    is_bad: false,
  })
})

test('a second car that was not sent is bad news only when the first is on its way', () => {
  expect(about({ shift_id: null, status: 'open' })).toMatchObject({
    text: 'tweede auto nog niet gestuurd',
    is_bad: true,
  })
  expect(about({ shift_id: null, status: 'open' }, { shift_id: null, status: 'open' })).toMatchObject({
    text: 'er gaan twee auto’s',
    is_bad: false,
  })
})

test('a partner at the door is there, whatever was expected', () => {
  expect(about({ status: 'on_scene', arrived_at: at(-30) })).toMatchObject({
    text: 'samen met auto 3, die er al is',
    is_bad: false,
  })
})
