// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { beforeEach, expect, test, vi } from 'vitest'

const setStatus = vi.hoisted(() => vi.fn(async () => undefined))
vi.mock('../server/api', () => ({ api: { board: vi.fn(), setStatus } }))
import { dialogs } from '../board/dialogs.svelte'
import { aCar, aVisit } from '../builders'
import type { VisitStatus } from '../server/types'
import VisitActions from './VisitActions.svelte'

const show = (status: VisitStatus, onother = vi.fn()) => {
  render(VisitActions, { visit: aVisit({ status, shift_id: 'shift-2' }), car: aCar(), onother })
  return onother
}
const names = () => screen.queryAllByRole('button').map((button) => button.textContent?.trim().split(/\s{2,}|\n/)[0])

beforeEach(() => {
  setStatus.mockClear()
  dialogs.close()
})

test('only the steps that still lie ahead can be set, and setting one tells the server', async () => {
  show('under_way')
  expect(screen.queryByRole('button', { name: 'Rijdt' })).toBeNull()
  await fireEvent.click(screen.getByRole('button', { name: 'Ter plaatse' }))
  expect(setStatus).toHaveBeenCalledExactlyOnceWith('visit-1', 'on_scene', null)
})

test('a car that drives is not exchanged for another one, and one that is there is not taken back', () => {
  show('under_way')
  expect(names()).toContain('Neem terug')
  expect(names()).not.toContain('Andere auto')
  cleanup()
  show('on_scene')
  expect(names()).not.toContain('Neem terug')
  expect(names()).toContain('Bezoek vervalt')
})

test('another car is asked of whoever shows this', async () => {
  const onother = show('assigned')
  await fireEvent.click(screen.getByRole('button', { name: 'Andere auto' }))
  expect(onother).toHaveBeenCalledOnce()
})

test('a visit lapses only with a reason', async () => {
  show('assigned')
  await fireEvent.click(screen.getByRole('button', { name: 'Bezoek vervalt' }))
  expect(dialogs.shown).toEqual({ kind: 'reason', what: 'cancel', visitId: 'visit-1' })
})

test.each(['done', 'cancelled'] as const)('a visit that is %s has nothing to do by phone', (status) => {
  show(status)
  expect(names()).toEqual([])
})
