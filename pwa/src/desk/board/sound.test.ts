import { expect, test } from 'vitest'
import { aBoard, anAlarm, at, aVisit } from '../builders'
import { cueFor } from './sound'

test('only an alarm that nobody answered rings', () => {
  expect(cueFor(aBoard({ alarms: [anAlarm()] }), new Set()).cue).toBe('alarm')
  expect(cueFor(aBoard({ alarms: [anAlarm({ acknowledged_at: at(0) })] }), new Set()).cue).toBeNull()
})

test('a silent phone is shown, and does not ring all night', () => {
  expect(cueFor(aBoard({ alarms: [anAlarm({ kind: 'push_dead' })] }), new Set()).cue).toBeNull()
})

test('a new U2 sounds once, a U4 not at all', () => {
  const board = aBoard({ visits: [aVisit()] })
  const first = cueFor(board, new Set())
  expect(first.cue).toBe('urgent')
  expect(cueFor(board, first.urgent).cue).toBeNull()
  expect(cueFor(aBoard({ visits: [aVisit({ urgency: 'U4' })] }), new Set()).cue).toBeNull()
})
