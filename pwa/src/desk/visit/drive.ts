/** Planned against driven, in one line: what nobody measured is called unknown, never guessed. */
import { drive } from '$shared/time'
import type { BoardVisit } from '../server/types'

export type Driving = NonNullable<BoardVisit['driving']>

const km = (metres: number): string => `${(metres / 1000).toFixed(1).replace('.', ',')} km`
const both = (seconds: number | null, metres: number | null): string =>
  [seconds === null ? null : drive(seconds), metres === null ? null : km(metres)].filter(Boolean).join(', ')

export function driveLine(of: Driving): string {
  const planned = both(of.planned_s, of.planned_m)
  const driven = both(of.driven_s, of.driven_m)
  return [
    planned && `Rit gepland: ${planned}${of.source === 'crow' ? ' (geschat)' : ''}`,
    driven && `${planned ? 'gereden' : 'Gereden'}: ${driven}${of.driven_m === null ? ', kilometers onbekend' : ''}`,
  ]
    .filter(Boolean)
    .join(' · ')
}
