// @vitest-environment happy-dom
import { fireEvent, render, screen } from '@testing-library/svelte'
import { createRawSnippet } from 'svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import HoldButton from './HoldButton.svelte'

const held = vi.fn()
const tapped = vi.fn()
let button: HTMLElement
beforeEach(() => {
  vi.useFakeTimers()
  held.mockReset()
  tapped.mockReset()
  const children = createRawSnippet(() => ({ render: () => '<b>Alarm</b>' }))
  render(HoldButton, { label: 'Alarm: anderhalve seconde vasthouden', held, tapped, children })
  button = screen.getByRole('button', { name: 'Alarm: anderhalve seconde vasthouden' })
})
afterEach(() => vi.useRealTimers())

test('held for a second and a half it counts, once', async () => {
  await fireEvent.pointerDown(button, { button: 0 })
  vi.advanceTimersByTime(1499)
  expect(held).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  await fireEvent.pointerUp(button)
  expect(held).toHaveBeenCalledOnce()
  expect(tapped).not.toHaveBeenCalled()
})

test('a short tap explains and does nothing', async () => {
  await fireEvent.pointerDown(button, { button: 0 })
  await fireEvent.pointerUp(button)
  vi.advanceTimersByTime(5000)
  expect(tapped).toHaveBeenCalledOnce()
  expect(held).not.toHaveBeenCalled()
})

test('a finger that slides off neither counts nor explains', async () => {
  await fireEvent.pointerDown(button, { button: 0 })
  await fireEvent.pointerLeave(button)
  vi.advanceTimersByTime(5000)
  expect(held).not.toHaveBeenCalled()
  expect(tapped).not.toHaveBeenCalled()
})

test('the keyboard holds as a finger does', async () => {
  await fireEvent.keyDown(button, { key: 'Enter' })
  vi.advanceTimersByTime(1500)
  expect(held).toHaveBeenCalledOnce()
})
