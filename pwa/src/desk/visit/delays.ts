/** Who waits longer when this car goes: the worst by name, the rest counted. */
import { minutes } from '$shared/time'
import type { Delay } from '../server/types'

export interface DelayLine {
  text: string
  is_bad: boolean
}

/** Those who come too late first, then the longest wait; at most `named` of them by name. */
export function delayLines(delays: Delay[], named: number): DelayLine[] {
  const later = delays.filter((delay) => delay.later_s > 0)
  if (later.length === 0) return [{ text: 'niemand hoeft langer te wachten', is_bad: false }]
  const sorted = [...later].sort(
    (a, b) => Number(a.still_in_window) - Number(b.still_in_window) || b.later_s - a.later_s,
  )
  const lines = sorted.slice(0, named).map((delay) => ({
    text: `${delay.label || 'een ander bezoek'} ${minutes(Math.max(1, delay.later_s / 60))} later, ${delay.still_in_window ? 'nog binnen het tijdvak' : 'dan te laat'}`,
    is_bad: !delay.still_in_window,
  }))
  const rest = sorted.slice(named)
  if (rest.length === 0) return lines
  const late = rest.filter((delay) => !delay.still_in_window).length
  const others =
    named === 0
      ? rest.length === 1
        ? '1 cliënt wacht langer'
        : `${rest.length} cliënten wachten langer`
      : rest.length === 1
        ? 'en nog 1 cliënt later'
        : `en nog ${rest.length} cliënten later`
  const how = late === 0 ? 'binnen het tijdvak' : late === rest.length ? 'dan te laat' : `van wie ${late} dan te laat`
  return [...lines, { text: `${others}, ${how}`, is_bad: late > 0 }]
}
