// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { caps } from '../board/action'
import { board } from '../board/board.svelte'
import { dialogs } from '../board/dialogs.svelte'
import { messages } from '../board/messages.svelte'
import { selection } from '../board/selection.svelte'
import { aBoard, aCar, anAlarm, aVisit, aWaiting } from '../builders'
import { writing } from '../intake/writing.svelte'
import { plan } from '../plan/plan.svelte'
import { api } from '../server/api'
import type { Board, Recommendation } from '../server/types'
import { Advice, onScreen } from '../visit/advice.svelte'
import { actions } from './actions'
import { bar } from './bar.svelte'
import { actionFor, onBoardKey } from './keys'

const show = (data: Partial<Board>) => (board.live = { ...board.live, board: aBoard(data) })
addEventListener('keydown', onBoardKey)
const press = (key: string, on: HTMLElement = document.body) => {
  const event = new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true })
  on.dispatchEvent(event)
  return event
}
/** Two cars that can go to the visit that is chosen, as the screen shows them. */
async function advised() {
  const visit = aVisit()
  show({ visits: [visit], cars: [aCar(), aCar({ shift_id: 'shift-3', car_name: 'Auto 3', car_number: 3 })] })
  selection.select({ kind: 'visit', id: visit.id })
  const options = ['shift-2', 'shift-3'].map((shift_id, i) => ({
    shift_id,
    rank: i + 1,
    car_name: shift_id,
    reasons: [],
  }))
  vi.spyOn(api, 'recommendation').mockResolvedValue({ source: 'planner', options } as unknown as Recommendation)
  onScreen.advice = new Advice(() => visit)
  await onScreen.advice.read()
  return vi.spyOn(api, 'assign').mockResolvedValue(visit)
}

beforeEach(() => {
  vi.restoreAllMocks()
  show({})
  selection.select(null)
  dialogs.close()
  writing.close()
  plan.isOpen = bar.isOpen = false
  onScreen.advice = null
})

describe('which key is which', () => {
  test('no key does anything while somebody types, except Esc', () => {
    for (const key of actions().flatMap((action) => action.keys ?? []))
      expect([key, actionFor(key, true, false) !== undefined]).toEqual([key, key === 'Escape'])
  })
  test('the keys of the browser itself stay what they are', () => {
    for (const key of actions().flatMap((action) => action.keys ?? []))
      expect(actionFor(key, false, true)).toBeUndefined()
    expect(actionFor('Tab', false, false)).toBeUndefined()
    expect(actionFor('0', false, false)).toBeUndefined()
  })
  test('every key has one action, with caps lock too', () => {
    const keys = actions().flatMap((action) => action.keys ?? [])
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) {
      expect(actionFor(key, false, false)?.keys).toContain(key)
      if (key.length === 1) expect(actionFor(key.toUpperCase(), false, false)?.keys).toContain(key)
    }
  })
  test('every key is in the help, once, as it is printed on the keyboard', () => {
    const told = actions().filter((action) => action.keys)
    expect(told.every((action) => action.help)).toBe(true)
    expect(told.map((action) => caps(action)).join(' ')).toBe('N P R J K 1 – 9 A ↵ Z V D G / Esc ?')
  })
})

describe('what the keys do', () => {
  test('N, P, R, / and ? open what they say', () => {
    press('n')
    expect(writing.form).not.toBeNull()
    writing.close()
    press('p')
    expect(dialogs.shown).toEqual({ kind: 'planned' })
    dialogs.close()
    press('r')
    expect([plan.isOpen, selection.tab]).toEqual([true, 'cars'])
    press('/')
    expect(bar.isOpen).toBe(true)
    press('?')
    expect(dialogs.shown).toEqual({ kind: 'help' })
  })
  test('J and K walk through what waits, Esc lets go', () => {
    show({ waiting: [aWaiting()], visits: [aVisit({ urgency: 'U1' })] })
    press('j')
    expect(selection.visit?.id).toBe('visit-1')
    press('j')
    expect(selection.waiting?.care_request_id).toBe('request-9')
    press('k')
    expect(selection.item).toEqual({ kind: 'visit', id: 'visit-1' })
    press('Escape')
    expect(selection.item).toBeNull()
  })
  test('Esc first closes the plan, and what was chosen stays', () => {
    show({ waiting: [aWaiting()] })
    press('j')
    press('r')
    press('Escape')
    expect([plan.isOpen, selection.item?.kind]).toEqual([false, 'waiting'])
  })
  test('a digit takes a car in hand, and A sends it', async () => {
    const assign = await advised()
    press('2')
    expect(selection.chosenShift).toBe('shift-3')
    press('9')
    expect(selection.chosenShift).toBe('shift-3')
    press('1')
    press('a')
    expect(assign).toHaveBeenCalledWith('visit-1', expect.objectContaining({ shift_id: 'shift-2' }))
    press('a')
    expect(assign).toHaveBeenCalledTimes(1)
  })
  test('a car that is not the first choice is sent after its reason was asked', async () => {
    const assign = await advised()
    press('2')
    press('Enter')
    expect(dialogs.shown).toMatchObject({
      kind: 'override',
      shiftId: 'shift-3',
      recommended: 'shift-2',
      why: 'not_first',
    })
    expect(assign).not.toHaveBeenCalled()
  })
  test('Enter does what stands foremost: it opens a question, sees an alarm, sends a car', async () => {
    const open = vi.spyOn(api, 'careRequest').mockRejectedValue(new Error('weg'))
    show({ waiting: [aWaiting()] })
    selection.select({ kind: 'waiting', id: 'request-9' })
    press('Enter')
    expect(open).toHaveBeenCalledWith('request-9')

    const acknowledge = vi.spyOn(api, 'acknowledge').mockResolvedValue(undefined as never)
    show({ alarms: [anAlarm()] })
    selection.select({ kind: 'alarm', id: 'alarm-1' })
    press('Enter')
    expect(acknowledge).toHaveBeenCalledWith('alarm-1')

    const assign = await advised()
    press('Enter')
    expect(assign).toHaveBeenCalledOnce()
  })
  test('a button keeps its own Enter, the chosen card of the queue does not', async () => {
    const assign = await advised()
    const button = document.body.appendChild(document.createElement('button'))
    press('Enter', button)
    expect(assign).not.toHaveBeenCalled()
    button.className = 'card chosen'
    press('Enter', button)
    expect(assign).toHaveBeenCalledOnce()
  })
  test('G sees the alarm about what is chosen, or the first of all', () => {
    const acknowledge = vi.spyOn(api, 'acknowledge').mockResolvedValue(undefined as never)
    show({ visits: [aVisit()], alarms: [anAlarm({ id: 'other', visit_id: null }), anAlarm()] })
    press('g')
    expect(acknowledge).toHaveBeenLastCalledWith('other')
    selection.select({ kind: 'visit', id: 'visit-1' })
    press('g')
    expect(acknowledge).toHaveBeenLastCalledWith('alarm-1')
  })
  test('V pins the visit to its car and D asks for a second nurse, also for the visit of an alarm', () => {
    const lock = vi.spyOn(api, 'lock').mockResolvedValue(undefined as never)
    const second = vi.spyOn(api, 'addSecond').mockResolvedValue(undefined as never)
    show({ visits: [aVisit({ status: 'assigned', shift_id: 'shift-2' })], alarms: [anAlarm()] })
    selection.select({ kind: 'alarm', id: 'alarm-1' })
    press('v')
    expect(lock).toHaveBeenCalledWith('visit-1', true)
    press('d')
    press('d') // the first has no answer yet
    expect(second).toHaveBeenCalledOnce()
  })
  test('Z takes back what can be taken back, once', () => {
    const undo = vi.fn()
    messages.say('Auto 2 gaat naar ZV-1142.', 'good', undo)
    messages.say('ZV-1142 staat vast.')
    press('z')
    press('z')
    expect(undo).toHaveBeenCalledOnce()
  })
})

test('what may not be done now is not done', () => {
  const calls = (['assign', 'lock', 'addSecond', 'acknowledge'] as const).map((name) => vi.spyOn(api, name))
  show({ visits: [aVisit({ status: 'done' })] })
  selection.select({ kind: 'visit', id: 'visit-1' })
  for (const key of ['a', 'v', 'd', 'g', 'z', '1', 'Enter']) press(key)
  for (const call of calls) expect(call).not.toHaveBeenCalled()
})

test('with a dialog or a question open, a key is left to it', () => {
  dialogs.open({ kind: 'handovers' })
  expect(press('?').defaultPrevented).toBe(false)
  dialogs.close()
  writing.start()
  expect(press('p').defaultPrevented).toBe(false)
  expect(dialogs.shown).toBeNull()
})
