import { expect, test } from 'vitest'
import { helpLines } from './region-help'
import type { RegionHelp } from '../server/types'

const none = { visits: 0, minutes: 0, metres: 0 }
const region = (region_id: string, name: string) => ({ region_id, name, own: none, given: none, received: none })
const report = (between: RegionHelp['between']): RegionHelp => ({
  nights: 1,
  first_night_at: null,
  last_night_at: null,
  regions: [region('w', 'West'), region('o', 'Oost')],
  between,
  by_roaming_cars: none,
  to_nowhere: none,
})

test('says who helped whom, with one visit as one visit', () => {
  const lines = helpLines(
    report([
      { helper_id: 'w', helped_id: 'o', help: { visits: 2, minutes: 45, metres: 8400 } },
      { helper_id: 'o', helped_id: 'w', help: { visits: 1, minutes: 1, metres: 12_000 } },
    ]),
  )
  expect(lines).toEqual([
    'West hielp Oost: 2 bezoeken, 45 minuten, 8,4 km.',
    'Oost hielp West: 1 bezoek, 1 minuut, 12 km.',
  ])
})

test('a night without help has no lines', () => {
  expect(helpLines(report([]))).toEqual([])
})
