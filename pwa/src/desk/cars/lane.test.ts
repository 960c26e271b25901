// @vitest-environment happy-dom
import { fireEvent, render, screen } from '@testing-library/svelte'
import { beforeEach, expect, test, vi } from 'vitest'

vi.mock('../server/api', () => ({ api: { board: vi.fn() } }))
import { board } from '../board/board.svelte'
import { selection } from '../board/selection.svelte'
import { wallClock } from '../board/wall-clock.svelte'
import { aBoard, aCar, at, aVisit, NOW } from '../builders'
import type { BoardVisit, Car } from '../server/types'
import Lane from './Lane.svelte'

const span = { from: NOW - 3 * 3_600_000, until: NOW + 5 * 3_600_000 }

beforeEach(() => {
  wallClock.now = NOW
  selection.look(null)
  selection.shownShift = null
})
function lane(car: Partial<Car> = {}, ...visits: BoardVisit[]) {
  const shown = aCar(car)
  board.live = { ...board.live, board: aBoard({ cars: [shown], visits }), clockOffset: 0 }
  return render(Lane, { car: shown, span })
}
const onItsWay = (part: Partial<BoardVisit> = {}): BoardVisit =>
  aVisit({ shift_id: 'shift-2', status: 'under_way', departed_at: at(-5), eta_at: at(10), travel_s: 900, ...part })

test('a lane says which car, whose, where it belongs, and what it is doing', () => {
  lane({ state: 'free' })
  for (const words of ['Auto 2', 'Jeroen · West', 'vrij'])
    expect(screen.getByRole('button').textContent).toContain(words)
})

test('a back-up that sleeps can be called', () => {
  lane({ is_backup: true, is_woken: false })
  expect(screen.getByRole('button').textContent).toContain('oproepbaar')
})

test('a click on its name shows its visits, and once more hides them', async () => {
  lane()
  const name = screen.getByRole('button')
  await fireEvent.click(name)
  expect(selection.shownShift).toBe('shift-2')
  expect(name.getAttribute('aria-pressed')).toBe('true')
  await fireEvent.click(name)
  expect(selection.shownShift).toBeNull()
})

test('a visit on the lane is told to who cannot see it, and a click looks at it', async () => {
  lane({}, onItsWay({ is_locked: true }))
  const visit = screen.getByTitle(/^U2 Mw\. J\. de Groot, rijdt/)
  expect(visit.getAttribute('title')).toContain('staat vast')
  await fireEvent.click(visit)
  expect(selection.item).toEqual({ kind: 'visit', id: 'visit-1' })
})

test('a visit that will be too late says so in a word, not only in a colour', () => {
  lane({}, onItsWay({ eta_at: at(40), window_end: at(28) }))
  expect(screen.getByTitle(/te laat/).textContent).toContain('te laat')
})
