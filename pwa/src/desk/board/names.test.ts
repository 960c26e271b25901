import { expect, test } from 'vitest'
import { shortName } from './names'

test.each([
  ['Mw. J. de Groot', 'Groot'],
  ['Dhr. Th. van den Berg', 'Berg'],
  ['Mw. P.A. Öztürk', 'Öztürk'],
  ['Dhr. S. Ait Haddou', 'Ait Haddou'],
  ['mevrouw achter de bakker', 'mevrouw achter de bakker'],
])('on a lane %s is %s', (label, short) => {
  expect(shortName(label)).toBe(short)
})
