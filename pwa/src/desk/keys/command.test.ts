import { expect, test } from 'vitest'
import { board as store } from '../board/board.svelte'
import { aBoard, aCar, at, aVisit, aWaiting, NOW } from '../builders'
import { clockTime, parseCommand } from './command'

const board = aBoard({
  cars: [aCar(), aCar({ shift_id: 'back-up', car_name: 'Achterwacht', car_number: 9, is_backup: true })],
  visits: [
    aVisit({
      id: 'drives',
      shift_id: 'shift-2',
      status: 'under_way',
      reference: 'ZV-1139',
      client_label: 'Dhr. A. Bakker',
    }),
    aVisit({ id: 'open', reference: 'ZV-1142' }),
  ],
  waiting: [aWaiting()],
})
const parse = (text: string) => parseCommand(text, board, NOW)

test('"2 tp" and "/auto2 tp" put car 2 on the scene of the visit it drives to', () => {
  for (const text of ['2 tp', '/2 tp', '  auto2  TP ', 'a2 tp']) {
    expect(parse(text)).toMatchObject({
      kind: 'status',
      status: 'on_scene',
      visit: { id: 'drives' },
      happened_at: null,
    })
  }
})

test('a spoken time goes along', () => {
  expect(parse('2 tp 02:10')).toMatchObject({ kind: 'status', happened_at: at(-4) })
})

test('"2 1142" puts car 2 ready for that visit and does not send it yet', () => {
  expect(parse('2 1142')).toMatchObject({ kind: 'assign', visit: { id: 'open' } })
  expect(parse('2 zv-1142')).toMatchObject({ kind: 'assign', visit: { id: 'open' } })
})

test('the back-up answers to "aw wek"', () => {
  expect(parse('aw wek')).toMatchObject({ kind: 'wake', car: { shift_id: 'back-up' } })
})

test('other words search references, names, streets and questions', () => {
  expect(parse('groot')).toMatchObject({ kind: 'show_visit', visit: { id: 'open' } })
  expect(parse('zv-1150')).toMatchObject({ kind: 'show_waiting', id: 'request-9' })
  expect(parse('gevallen opstaan')).toMatchObject({ kind: 'show_waiting' })
})

test('what cannot be understood is said and never guessed', () => {
  expect(parse('7 tp')).toMatchObject({ kind: 'unknown', code: 'no_car' })
  expect(parse('2 dansen')).toMatchObject({ kind: 'unknown', code: 'no_word' })
  expect(parse('9 klaar')).toMatchObject({ kind: 'unknown', code: 'no_visit' })
  expect(parse('xyzzy')).toMatchObject({ kind: 'unknown', code: 'nothing_found' })
  expect(parse('  /')).toEqual({ kind: 'empty' })
})

test('a spoken time is the last such moment: 23:50 said at 02:14 was yesterday, 02:16 is a watch that runs ahead', () => {
  expect(clockTime('23:50', NOW)).toBe(at(-144))
  expect(clockTime('0210', NOW)).toBe(at(-4))
  expect(clockTime('2.16', NOW)).toBe(at(0))
  expect(clockTime('25:00', NOW)).toBeNull()
  expect(clockTime('straks', NOW)).toBeNull()
})

test('one word does what its key does, and in more words it is a search', () => {
  expect(parse('nieuw')).toMatchObject({ kind: 'action', preview: 'nieuwe zorgvraag' })
  expect(parse('/Plan')).toMatchObject({ kind: 'action', preview: 'een beter plan zoeken en bekijken' })
  expect(parse('nieuw verband')).toMatchObject({ kind: 'unknown', code: 'nothing_found' })
})

test('a night can be closed while there is one', () => {
  expect(parse('sluit')).toMatchObject({ kind: 'action', action: { isPossible: false } })
  store.live = { ...store.live, board }
  expect(parse('sluit')).toMatchObject({ kind: 'action', action: { isPossible: true } })
})
