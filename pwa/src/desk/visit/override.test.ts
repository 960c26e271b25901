import { expect, test } from 'vitest'
import { whyReason } from './override'

const option = (rank: number, ...codes: string[]) => ({ rank, reasons: codes.map((code) => ({ code })) })

test('the first choice goes without a question', () => {
  expect(whyReason(option(1, 'first_there', 'in_time'))).toBeNull()
})

test('another car than the first choice is explained', () => {
  expect(whyReason(option(2, 'in_time'))).toBe('not_first')
})

test('the first choice from another region, or at the end of its shift, is explained too', () => {
  expect(whyReason(option(1, 'other_region'))).toBe('other_region')
  expect(whyReason(option(1, 'shift_too_short'))).toBe('shift_too_short')
})
