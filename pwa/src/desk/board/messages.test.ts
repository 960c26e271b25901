import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { NOW } from '../builders'
import { messages } from './messages.svelte'
import { wallClock } from './wall-clock.svelte'

const later = (seconds: number) => {
  vi.advanceTimersByTime(seconds * 1000)
  wallClock.tick()
}
const texts = () => messages.shown.map((toast) => toast.text)

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
  wallClock.tick()
})
afterEach(() => {
  messages.shown.forEach((toast) => messages.dismiss(toast))
  vi.useRealTimers()
})

test('a message goes by itself; what can be undone and what went wrong stay longer', () => {
  messages.say('gewoon')
  messages.say('terug te nemen', 'good', () => undefined)
  messages.say('mislukt', 'bad')
  later(5)
  expect(texts()).toEqual(['terug te nemen', 'mislukt'])
  later(3)
  expect(texts()).toEqual(['mislukt'])
  later(4)
  expect(texts()).toEqual([])
})

test('no more than three are shown, and one that still counts is not pushed out by one that is over', () => {
  for (const text of ['een', 'twee', 'drie', 'vier']) messages.say(text)
  expect(texts()).toEqual(['twee', 'drie', 'vier'])
  later(6)
  messages.say('mislukt', 'bad')
  messages.say('vijf')
  messages.say('zes')
  later(6)
  messages.say('zeven')
  expect(texts()).toEqual(['mislukt', 'zeven'])
})

test('a screen reader hears at once what went wrong, the rest when it suits', () => {
  messages.say('Auto 2 gaat naar ZV-1142.', 'good')
  messages.say('Dit lukte niet.', 'bad')
  expect(messages.spoken).toEqual({ now: 'Dit lukte niet.', later: 'Auto 2 gaat naar ZV-1142.' })
})

test('what is undone is done once and no longer shown', () => {
  const undo = vi.fn()
  messages.say('Auto 2 gaat.', 'good', undo)
  messages.undo(messages.shown[0]!)
  expect([undo.mock.calls.length, texts()]).toEqual([1, []])
})
