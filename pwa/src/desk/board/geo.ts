/** The map without tiles: outlines around postcode centres, on a flat sheet that is good enough for one region. */
import type { PostcodeArea, Region } from '../server/types'

export interface Point {
  x: number
  y: number
}
export interface LatLon {
  lat: number
  lon: number
}
export interface Sheet {
  width: number
  height: number
  place(at: LatLon): Point
  /** The way back: which place lies under this point. */
  at(point: Point): LatLon
}

const KM_PER_DEGREE = 111.32
/** Around each centre this much land is taken to belong to the postcode. */
const PAD_KM = 0.9

/** A sheet on which all these points fit, north up, with a margin. */
export function sheetFor(points: LatLon[], width: number, height: number, margin = 28): Sheet {
  if (points.length === 0) points = [{ lat: 52.1, lon: 5.1 }]
  const lats = points.map((point) => point.lat)
  const lons = points.map((point) => point.lon)
  const [south, north] = [Math.min(...lats), Math.max(...lats)]
  const [west, east] = [Math.min(...lons), Math.max(...lons)]
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const spanX = Math.max((east - west) * squeeze * KM_PER_DEGREE, 2)
  const spanY = Math.max((north - south) * KM_PER_DEGREE, 2)
  const scale = Math.min((width - 2 * margin) / spanX, (height - 2 * margin) / spanY)
  const middle = { lat: (south + north) / 2, lon: (west + east) / 2 }
  return {
    width,
    height,
    place: (at) => ({
      x: round(width / 2 + (at.lon - middle.lon) * squeeze * KM_PER_DEGREE * scale),
      y: round(height / 2 - (at.lat - middle.lat) * KM_PER_DEGREE * scale),
    }),
    at: (point) => ({
      lat: middle.lat - (point.y - height / 2) / (KM_PER_DEGREE * scale),
      lon: middle.lon + (point.x - width / 2) / (squeeze * KM_PER_DEGREE * scale),
    }),
  }
}

const round = (value: number): number => Math.round(value * 10) / 10

/** Eight points around every centre, so that an outline also has room for its outermost addresses. */
export function around(area: LatLon, km = PAD_KM): LatLon[] {
  const squeeze = Math.cos((area.lat * Math.PI) / 180)
  return Array.from({ length: 8 }, (_, i) => {
    const angle = (i * Math.PI) / 4
    return {
      lat: area.lat + (Math.sin(angle) * km) / KM_PER_DEGREE,
      lon: area.lon + (Math.cos(angle) * km) / (KM_PER_DEGREE * squeeze),
    }
  })
}

/** "52.37403, 4.88969", also with decimal commas; null when it is no place on earth. */
export function readCoordinates(text: string): LatLon | null {
  const plain = text.trim().replace(/(\d),(\d)/g, '$1.$2')
  const match = /^(-?\d{1,2}(?:\.\d+)?)[\s,;]+(-?\d{1,3}(?:\.\d+)?)$/.exec(plain)
  if (match === null) return null
  const at = { lat: Number(match[1]), lon: Number(match[2]) }
  return Math.abs(at.lat) <= 90 && Math.abs(at.lon) <= 180 ? at : null
}

/** Convex hull (Andrew's monotone chain), counter-clockwise, without the repeated first point. */
export function hull(points: Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y)
  if (sorted.length < 3) return sorted
  const cross = (o: Point, a: Point, b: Point) => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x)
  const chain = (list: Point[]): Point[] => {
    const out: Point[] = []
    for (const point of list) {
      while (out.length >= 2 && cross(out[out.length - 2]!, out[out.length - 1]!, point) <= 0) out.pop()
      out.push(point)
    }
    out.pop()
    return out
  }
  return [...chain(sorted), ...chain(sorted.reverse())]
}

export interface Outline {
  id: string
  name: string
  path: string
  label: Point
  centres: (Point & { pc4: string; place: string })[]
}

/** The outline of a region and where its name stands: the middle of its postcode centres. */
export function outlineOf(region: Region, sheet: Sheet): Outline | null {
  const areas = region.postcode_areas
  if (areas.length === 0) return null
  const ring = hull(areas.flatMap((area) => around(area).map(sheet.place)))
  const centres = areas.map((area: PostcodeArea) => ({ ...sheet.place(area), pc4: area.pc4, place: area.place }))
  const middle = (key: 'x' | 'y') => round(centres.reduce((sum, point) => sum + point[key], 0) / centres.length)
  return {
    id: region.id,
    name: region.name,
    path: `M${ring.map((point) => `${point.x} ${point.y}`).join('L')}Z`,
    label: { x: middle('x'), y: middle('y') },
    centres,
  }
}
