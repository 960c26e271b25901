import { expect, test } from 'vitest'
import { actFor } from './keys'

test('no key does anything while somebody types, except Esc', () => {
  for (const key of ['n', 'a', 'j', '1', '/', '?', 'Enter']) expect(actFor(key, true, false)).toBeNull()
  expect(actFor('Escape', true, false)).toBe('escape')
})

test('the keys of the browser itself stay what they are', () => {
  expect(actFor('n', false, true)).toBeNull()
  expect(actFor('p', false, true)).toBeNull()
})

test('every key of the board has its act, with caps lock too', () => {
  expect([actFor('n', false, false), actFor('N', false, false)]).toEqual(['new', 'new'])
  expect(actFor('a', false, false)).toBe('send')
  expect(actFor('3', false, false)).toEqual({ car: 3 })
  expect(actFor('0', false, false)).toBeNull()
  expect(actFor('?', false, false)).toBe('help')
  expect(actFor('Tab', false, false)).toBeNull()
})

test('V pins a visit to its car and D asks for a second nurse, but not in the middle of a word', () => {
  expect([actFor('v', false, false), actFor('d', false, false)]).toEqual(['pin', 'double'])
  expect([actFor('v', true, false), actFor('d', false, true)]).toEqual([null, null])
})

test('P plans a visit and G says that an alarm was seen', () => {
  expect(actFor('p', false, false)).toBe('planned')
  expect(actFor('g', false, false)).toBe('seen')
  expect(actFor('g', true, false)).toBeNull()
})
