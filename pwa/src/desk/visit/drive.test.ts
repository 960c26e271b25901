import { expect, test } from 'vitest'
import { driveLine } from './drive'

const planned = { planned_s: 720, planned_m: 8400, source: 'crow', driven_s: null, driven_m: null }

test('a drive under way says what was planned, and that it is an estimate', () => {
  expect(driveLine(planned)).toBe('Rit gepland: 12 min, 8,4 km (geschat)')
  expect(driveLine({ ...planned, source: 'roads' })).toBe('Rit gepland: 12 min, 8,4 km')
})

test('a drive that is over says what it took', () => {
  expect(driveLine({ ...planned, driven_s: 840, driven_m: 9100 })).toBe(
    'Rit gepland: 12 min, 8,4 km (geschat) · gereden: 14 min, 9,1 km',
  )
})

test('kilometres that nobody measured are called unknown', () => {
  expect(driveLine({ ...planned, driven_s: 840 })).toContain('gereden: 14 min, kilometers onbekend')
})

test('a drive without a plan says only what it took', () => {
  expect(driveLine({ planned_s: null, planned_m: null, source: null, driven_s: 60, driven_m: null })).toMatch(
    /^Gereden: 1 min/,
  )
})
