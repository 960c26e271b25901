// @vitest-environment happy-dom
import { fireEvent, render, screen } from '@testing-library/svelte'
import { expect, test, vi } from 'vitest'
import { at } from '../builders'
import type { Option } from '../server/types'
import OptionCard from './OptionCard.svelte'

const anOption = (part: Partial<Option> = {}): Option => ({
  shift_id: 'shift-2',
  car_name: 'Auto 2',
  nurse_name: 'Jeroen',
  rank: 1,
  arrive_at: at(12),
  travel_s: 720,
  distance_m: 8400,
  late_s: 0,
  cost: 720,
  delays: [],
  reasons: [{ code: 'first_there', params: {} }],
  second: null,
  terms: {} as Option['terms'],
  travel_source: 'roads',
  ...part,
})
function card(option: Option, more: { isChosen?: boolean; isEstimated?: boolean } = {}) {
  const onchoose = vi.fn()
  render(OptionCard, { option, number: 1, isChosen: false, onchoose, ...more })
  return { button: screen.getByRole('radio'), onchoose }
}

test('a car that can go says who drives, when she is there, and how far it is', () => {
  const { button } = card(anOption())
  for (const words of ['Auto 2 · Jeroen', '02:26', '12 min', '8,4 km']) expect(button.textContent).toContain(words)
  expect(button.textContent).not.toContain('geschat')
})

test('a time that is estimated says so', () => {
  expect(card(anOption(), { isEstimated: true }).button.textContent).toContain('(geschat)')
})

test('how far behind the norm she is stands on the card', () => {
  expect(card(anOption({ late_s: 540 })).button.textContent).toContain('9 min na de norm')
})

test('two nurses who do not come at one moment: who waits, and for how long', () => {
  const second = { shift_id: 'shift-3', visit_id: 'v', car_name: 'Auto 3', nurse_name: 'Fatma', arrive_at: at(30) }
  const { button } = card(anOption({ second: second as Option['second'] }))
  expect(button.textContent).toContain('en auto 3 · Fatma')
  expect(button.textContent).toContain('auto 2 is er 18 min eerder en wacht daar')
})

test('a click chooses it, and the one that is chosen is told to a screen reader', async () => {
  const { button, onchoose } = card(anOption(), { isChosen: true })
  expect(button.getAttribute('aria-checked')).toBe('true')
  await fireEvent.click(button)
  expect(onchoose).toHaveBeenCalledOnce()
})
