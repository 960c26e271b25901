// @vitest-environment happy-dom
import { render, screen, within } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import type { Comparison, Totals } from '../server/types'
import PlanTotals from './PlanTotals.svelte'

const before: Totals = {
  travel_s: 7200,
  distance_m: 80_000,
  late_s: 0,
  late_visits: 0,
  without_car: 0,
  cars_used: 3,
  other_region: 0,
}

test('every line of the totals reads: now, with the proposal, and the difference', () => {
  render(PlanTotals, { comparison: { before, after: { ...before, cars_used: 4 } } as Comparison })
  const table = screen.getByRole('table', { name: 'De nacht nu en met het voorstel' })
  const cars = within(table).getByRole('row', { name: /Auto’s op pad/ })
  expect(
    within(cars)
      .getAllByRole('cell')
      .map((cell) => cell.textContent),
  ).toEqual(['3', '4', '1 meer'])
})
