// @vitest-environment happy-dom
import { fireEvent, render, screen } from '@testing-library/svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const setStatus = vi.hoisted(() => vi.fn(async () => undefined))
vi.mock('../server/api', () => ({ api: { board: vi.fn(), setStatus } }))
import { board } from '../board/board.svelte'
import { dialogs } from '../board/dialogs.svelte'
import { wallClock } from '../board/wall-clock.svelte'
import { aBoard, aCar, aVisit, NOW } from '../builders'
import { actions } from './actions'
import { bar } from './bar.svelte'
import CommandBar from './CommandBar.svelte'
import Help from './Help.svelte'

beforeEach(() => {
  wallClock.now = NOW
  setStatus.mockClear()
  bar.isOpen = true
  const visits = [aVisit({ id: 'drives', shift_id: 'shift-2', status: 'under_way' })]
  board.live = { ...board.live, board: aBoard({ cars: [aCar()], visits }), clockOffset: 0 }
})
afterEach(() => {
  bar.isOpen = false
  dialogs.close()
})

async function type(text: string): Promise<HTMLElement> {
  render(CommandBar)
  const box = screen.getByRole('textbox', { name: /Opdracht of zoekwoord/ })
  await fireEvent.input(box, { target: { value: text } })
  return box
}
const said = (): string => document.querySelector('#cmd-preview')!.textContent!

test('the bar says what it is going to do before it does it', async () => {
  await type('2 tp')
  expect(said()).toContain('Auto 2: ter plaatse bij Mw. J. de Groot')
  expect(setStatus).not.toHaveBeenCalled()
})

test('Enter does it, and the bar is closed', async () => {
  await fireEvent.keyDown(await type('2 tp'), { key: 'Enter' })
  expect(setStatus).toHaveBeenCalledWith('drives', 'on_scene', null)
  expect(bar.isOpen).toBe(false)
})

test('what it does not know it says, and Enter does nothing', async () => {
  await fireEvent.keyDown(await type('2 dansen'), { key: 'Enter' })
  expect(said()).toContain('“dansen” ken ik niet')
  expect(setStatus).not.toHaveBeenCalled()
  expect(bar.isOpen).toBe(true)
})

test('Esc leaves everything as it was', async () => {
  await fireEvent.keyDown(await type('2 tp'), { key: 'Escape' })
  expect(bar.isOpen).toBe(false)
  expect(setStatus).not.toHaveBeenCalled()
})

test('closed, it tells the keys that are used most', () => {
  bar.isOpen = false
  const { container } = render(CommandBar)
  for (const hint of ['N nieuw', 'P gepland', 'R beter plan', 'A toewijzen', 'J K bladeren', '? hulp'])
    expect(container.textContent).toContain(hint)
})

test('the help tells every key of the board, and closes with its button', async () => {
  dialogs.open({ kind: 'help' })
  render(Help)
  const page = screen.getByRole('dialog', { name: 'Toetsen en opdrachten', hidden: true })
  const told = actions().flatMap((action) => action.help ?? [])
  expect(told.length).toBeGreaterThan(12)
  for (const words of told) expect(page.textContent).toContain(words)
  await fireEvent.click(screen.getByRole('button', { name: 'Sluit', hidden: true }))
  expect(dialogs.shown).toBeNull()
})
