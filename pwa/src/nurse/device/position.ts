/** Where the phone is: asked at a tap, and while driving with the screen on. A step never waits for it. */
import type { Position } from '../sync/types'
import { setting } from './settings'

const FRESH_MS = 2 * 60_000
let last: { position: Position; atMs: number } | null = null

/** The place of a moment ago, or nothing. */
export function lastPosition(): Position | null {
  return setting('position') === 'on' && last && Date.now() - last.atMs < FRESH_MS ? last.position : null
}

export function locate(): Promise<Position | null> {
  if (setting('position') !== 'on' || !navigator.geolocation) return Promise.resolve(null)
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const position = {
          lat: round(coords.latitude),
          lon: round(coords.longitude),
          accuracy_m: Math.round(coords.accuracy),
        }
        last = { position, atMs: Date.now() }
        resolve(position)
      },
      () => resolve(null),
      { enableHighAccuracy: false, timeout: 10_000, maximumAge: 30_000 },
    )
  })
}

/** Ten metres is near enough for a desk that wonders which car is closest. */
const round = (degrees: number): number => Math.round(degrees * 10_000) / 10_000
