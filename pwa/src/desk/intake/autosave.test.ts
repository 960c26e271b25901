import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Autosave, QUIET_MS, type SaveState } from './autosave'

let saved: unknown[]
let states: SaveState[]
let fails: number
let autosave: Autosave
beforeEach(() => {
  vi.useFakeTimers()
  saved = []
  states = []
  fails = 0
  autosave = new Autosave({
    save: async (body) => {
      if (fails > 0) {
        fails -= 1
        throw new Error('offline')
      }
      saved.push(body)
    },
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
    onState: (state) => states.push(state),
  })
})
afterEach(() => vi.useRealTimers())

test('typing leads to one save, half a second after the last letter', async () => {
  for (const text of ['K', 'Ka', 'Kat']) {
    autosave.touch({ text })
    await vi.advanceTimersByTimeAsync(200)
  }
  expect(saved).toEqual([])
  await vi.advanceTimersByTimeAsync(QUIET_MS)
  expect(saved).toEqual([{ text: 'Kat' }])
  expect(autosave.hasUnsaved()).toBe(false)
})

test('without a connection it keeps trying, and the newest text arrives', async () => {
  fails = 3
  autosave.touch({ text: 'oud' })
  await vi.advanceTimersByTimeAsync(QUIET_MS)
  expect(states).toContain('failing')
  expect(autosave.hasUnsaved()).toBe(true)
  autosave.touch({ text: 'nieuw' })
  await vi.advanceTimersByTimeAsync(30_000)
  expect(saved).toEqual([{ text: 'nieuw' }])
  expect(autosave.state).toBe('saved')
})

test('the same text is not saved twice', async () => {
  autosave.startFrom({ text: 'x' })
  autosave.touch({ text: 'x' })
  await vi.advanceTimersByTimeAsync(QUIET_MS * 2)
  expect(saved).toEqual([])
})

test('a draft that became a decision is never written again', async () => {
  autosave.touch({ text: 'x' })
  await autosave.end()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(saved).toEqual([])
  expect(autosave.hasUnsaved()).toBe(false)
})
