/** Times as people say them, in the night that is on the board. */
import { clock } from '$shared/time'
import type { Night } from '../server/types'

const MINUTE = 60_000
export type Hours = Pick<Night, 'starts_at' | 'ends_at'>

/** "02:10" on the wall, as the moment of this night; null when the night has no such moment. */
export function momentInNight(word: string, night: Hours): string | null {
  const match = /^(\d{1,2})[:.]?(\d{2})$/.exec(word.trim())
  if (match === null) return null
  const start = Math.floor(Date.parse(night.starts_at) / MINUTE) * MINUTE
  const [hour, minute] = clock(start).split(':').map(Number) as [number, number]
  const ahead = (Number(match[1]) * 60 + Number(match[2]) - hour * 60 - minute + 1440) % 1440
  const asked = `${match[1]!.padStart(2, '0')}:${match[2]}`
  // In the two nights that the clock changes, the same words lie an hour earlier or later.
  const at = [0, 60, -60].map((shift) => start + (ahead + shift) * MINUTE).find((moment) => clock(moment) === asked)
  return at === undefined || at > Date.parse(night.ends_at) ? null : new Date(at).toISOString()
}
