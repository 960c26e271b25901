// @vitest-environment happy-dom
import { fireEvent, render, screen } from '@testing-library/svelte'
import { beforeEach, expect, test, vi } from 'vitest'

const acknowledge = vi.hoisted(() => vi.fn(async () => undefined))
vi.mock('../server/api', () => ({ api: { board: vi.fn(), acknowledge } }))
import { board } from '../board/board.svelte'
import { selection } from '../board/selection.svelte'
import { wallClock } from '../board/wall-clock.svelte'
import { aBoard, aCar, anAlarm, aVisit, aWaiting, at, NOW } from '../builders'
import type { Board } from '../server/types'
import AlarmCard from './AlarmCard.svelte'
import Queue from './Queue.svelte'
import QueueCard from './QueueCard.svelte'

const show = (part: Partial<Board> = {}) => (board.live = { ...board.live, board: aBoard(part), clockOffset: 0 })

beforeEach(() => {
  acknowledge.mockClear()
  wallClock.now = NOW
  selection.look(null)
  show()
})

test('a visit in the queue says who, where, what, and how long is left', () => {
  const visit = aVisit()
  render(QueueCard, { item: { kind: 'visit', id: visit.id, since: at(-2), visit } })
  const card = screen.getByRole('button')
  for (const words of ['Mw. J. de Groot, 84', 'ZV-1142 · De Lindehof · 1056DL', 'Katheter verstopt', 'nog 28 min'])
    expect(card.textContent).toContain(words)
})

test('a visit past its norm says by how much', () => {
  const visit = aVisit({ window_end: at(-12) })
  render(QueueCard, { item: { kind: 'visit', id: visit.id, since: at(-2), visit } })
  expect(screen.getByRole('button').textContent).toContain('12 min te laat')
})

test('a question without a decision has no urgency yet, and says who is busy with it', () => {
  const waiting = aWaiting({ presence: { name: 'Sanne' } })
  render(QueueCard, { item: { kind: 'waiting', id: waiting.care_request_id, since: waiting.received_at, waiting } })
  expect(screen.getByRole('img', { name: 'nog geen urgentie' })).toBeTruthy()
  expect(screen.getByRole('button').textContent).toContain('in gesprek met Sanne')
})

test('a click on a card chooses it, and a screen reader hears that it is the current one', async () => {
  const visit = aVisit()
  show({ visits: [visit] })
  render(QueueCard, { item: { kind: 'visit', id: visit.id, since: at(-2), visit } })
  const card = screen.getByRole('button')
  expect(card.getAttribute('aria-current')).toBe('false')
  await fireEvent.click(card)
  expect(selection.item).toEqual({ kind: 'visit', id: visit.id })
  expect(card.getAttribute('aria-current')).toBe('true')
})

test('an alarm nobody saw can be seen, and its car can be called', async () => {
  show({ visits: [aVisit()], cars: [aCar({ shift_id: 'shift-3', car_name: 'Auto 3', phone: '0600000003' })] })
  render(AlarmCard, { alarm: anAlarm({ note: 'Hond in huis' }) })
  expect(screen.getByRole('article').textContent).toContain('“Hond in huis”')
  expect(screen.getByRole('link', { name: 'Bel Auto 3: 0600000003' }).getAttribute('href')).toBe('tel:0600000003')
  await fireEvent.click(screen.getByRole('button', { name: 'Gezien' }))
  expect(acknowledge).toHaveBeenCalledExactlyOnceWith('alarm-1')
})

test('an alarm that a colleague saw says who, and asks for nothing', () => {
  render(AlarmCard, { alarm: anAlarm({ acknowledged_at: at(0), acknowledged_by: 'Sanne' }) })
  expect(screen.getByText('gezien door Sanne')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Gezien' })).toBeNull()
})

test('an empty queue says that nobody waits', () => {
  render(Queue)
  expect(screen.getByRole('region', { name: 'Wat wacht' }).textContent).toContain('Niemand wacht.')
})

test('the queue counts what waits for a decision, questions and visits together', () => {
  show({ visits: [aVisit()], waiting: [aWaiting()] })
  render(Queue)
  expect(screen.getByRole('heading', { name: /^Wacht op besluit 2/ })).toBeTruthy()
  expect(screen.getAllByRole('listitem')).toHaveLength(2)
})
