import { expect, test } from 'vitest'
import { around, hull, outlineOf, sheetFor, readCoordinates } from './geo'

const areas = [
  { pc4: '8261', place: 'Kampen', lat: 52.556, lon: 5.905 },
  { pc4: '8265', place: 'Kampen', lat: 52.548, lon: 5.924 },
  { pc4: '8271', place: 'IJsselmuiden', lat: 52.57, lon: 5.931 },
]

test('every point lies on the sheet, north is up and east is right', () => {
  const sheet = sheetFor(areas, 700, 340)
  for (const area of areas) {
    const point = sheet.place(area)
    expect(point.x).toBeGreaterThanOrEqual(0)
    expect(point.x).toBeLessThanOrEqual(700)
    expect(point.y).toBeGreaterThanOrEqual(0)
    expect(point.y).toBeLessThanOrEqual(340)
  }
  expect(sheet.place(areas[2]!).y).toBeLessThan(sheet.place(areas[1]!).y)
  expect(sheet.place(areas[2]!).x).toBeGreaterThan(sheet.place(areas[0]!).x)
})

test('a kilometre is as long to the east as to the north', () => {
  const sheet = sheetFor(areas, 700, 340)
  const ring = around(areas[0]!, 1).map(sheet.place)
  expect(ring[0]!.x - ring[4]!.x).toBeCloseTo(ring[6]!.y - ring[2]!.y, 0)
})

test('the outline goes round the outside and leaves inner points alone', () => {
  const square = [
    { x: 0, y: 0 },
    { x: 4, y: 0 },
    { x: 4, y: 4 },
    { x: 0, y: 4 },
    { x: 2, y: 2 },
    { x: 2, y: 0 },
  ]
  expect(hull(square)).toHaveLength(4)
})

test('a region without postcodes has no outline, and no point at all still gives a sheet', () => {
  const sheet = sheetFor([], 700, 340)
  expect(outlineOf({ id: 'r', name: 'Leeg', code: 'L', postcode_areas: [] }, sheet)).toBeNull()
  expect(
    outlineOf({ id: 'r', name: 'Kampen', code: 'K', postcode_areas: areas }, sheetFor(areas, 700, 340))!.path,
  ).toMatch(/^M.*Z$/)
})

test('what is pointed out on the sheet is the place that lies there', () => {
  const sheet = sheetFor(
    [
      { lat: 52.3, lon: 4.8 },
      { lat: 52.4, lon: 5.0 },
    ],
    520,
    300,
  )
  const back = sheet.at(sheet.place({ lat: 52.36, lon: 4.87 }))
  expect(back.lat).toBeCloseTo(52.36, 3)
  expect(back.lon).toBeCloseTo(4.87, 3)
})

test.each([
  ['52.37403, 4.88969', { lat: 52.37403, lon: 4.88969 }],
  ['52,37403 4,88969', { lat: 52.37403, lon: 4.88969 }],
  ['52,37403, 4,88969', { lat: 52.37403, lon: 4.88969 }],
  ['Hoofdweg 214', null],
  ['99.9, 4.8', null],
])('"%s" typed as coordinates', (text, at) => {
  expect(readCoordinates(text)).toEqual(at)
})
