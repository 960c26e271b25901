import { expect, test } from 'vitest'
import { delayLines } from './delays'
import type { Delay } from '../server/types'

const delay = (label: string, minutes: number, still_in_window = true): Delay => ({
  visit_id: label,
  label,
  later_s: minutes * 60,
  new_arrival_at: '',
  still_in_window,
})

test('who would be too late is named first, the rest is counted', () => {
  const lines = delayLines([delay('Bakker', 9), delay('Visser', 4, false), delay('Smit', 30)], 2)
  expect(lines.map((line) => line.text)).toEqual([
    'Visser 4 min later, dan te laat',
    'Smit 30 min later, nog binnen het tijdvak',
    'en nog 1 cliënt later, binnen het tijdvak',
  ])
  expect(lines.map((line) => line.is_bad)).toEqual([true, false, false])
})

test('in short only numbers are said', () => {
  expect(delayLines([delay('Bakker', 9), delay('Visser', 4, false)], 0)).toEqual([
    { text: '2 cliënten wachten langer, van wie 1 dan te laat', is_bad: true },
  ])
})

test('nobody waiting longer is said too, and being earlier is no delay', () => {
  expect(delayLines([delay('Bakker', -5)], 2)).toEqual([{ text: 'niemand hoeft langer te wachten', is_bad: false }])
})
