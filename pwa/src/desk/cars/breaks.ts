/** A nurse's breaks as the board tells them: planned, under way, had, or missed. */
import { clock } from '$shared/time'
import { momentInNight } from '../board/moments'
import { percent, type Span } from './timeline'
import type { BreakTimesBody, Car, Night } from '../server/types'

export type Break = Car['breaks'][number]
const MINUTE = 60_000

/** When it begins and ends, as it was had or as the route has it now; null when its time went by. */
export function stretch(rest: Break): { from: number; until: number } | null {
  const from = rest.started_at ?? rest.planned_at
  if (from === null) return null
  return {
    from: Date.parse(from),
    until: rest.ended_at ? Date.parse(rest.ended_at) : Date.parse(from) + rest.minutes * MINUTE,
  }
}

export const isResting = (rest: Break, now: number): boolean =>
  rest.started_at !== null && rest.ended_at === null && (stretch(rest)?.until ?? 0) > now
export const isToCome = (rest: Break): boolean => rest.started_at === null
export const restingBreak = (car: Car, now: number): Break | undefined =>
  car.breaks.find((rest) => isResting(rest, now))

export function breakText(rest: Break, now: number): string {
  const when = stretch(rest)
  if (when === null) return `pauze gemist (uiterlijk ${clock(rest.latest_at)})`
  const [from, until] = [clock(when.from), clock(when.until)]
  if (isResting(rest, now)) return `in pauze tot ${until}`
  if (rest.started_at !== null) return `pauze gehad ${from} – ${until}`
  return `pauze ${from} – ${until}${isLateBreak(rest) ? `, later dan ${clock(rest.latest_at)}` : ''}`
}

/** The route pushes it past the moment it should begin at. */
export function isLateBreak(rest: Break): boolean {
  if (rest.started_at !== null) return false
  return rest.planned_at === null || Date.parse(rest.planned_at) > Date.parse(rest.latest_at)
}

export function breakBlock(rest: Break, span: Span): { left: number; width: number } | null {
  const when = stretch(rest)
  if (when === null) return null
  const left = Math.max(0, percent(span, when.from))
  const right = Math.min(100, percent(span, when.until))
  return right <= left ? null : { left, width: right - left }
}

export interface BreakForm {
  from: string
  until: string
  minutes: number | null
}

/** Half an hour, to begin within the coming two hours; or what was planned before. */
export function breakForm(rest: Break | null, car: Pick<Car, 'starts_at' | 'ends_at'>, now: number): BreakForm {
  if (rest !== null) return { from: clock(rest.earliest_at), until: clock(rest.latest_at), minutes: rest.minutes }
  const quarter = 15 * MINUTE
  const last = Date.parse(car.ends_at) - quarter
  const from = Math.min(Math.max(Math.ceil(now / quarter) * quarter, Date.parse(car.starts_at)), last)
  return { from: clock(from), until: clock(Math.min(from + 120 * MINUTE, last)), minutes: 30 }
}

/** What goes to the server, or what is wrong, by field. */
export function breakBody(
  form: BreakForm,
  car: Pick<Car, 'starts_at' | 'ends_at'>,
): { body: BreakTimesBody; errors: null } | { body: null; errors: Record<string, string> } {
  const night: Pick<Night, 'starts_at' | 'ends_at'> = car
  const errors: Record<string, string> = {}
  const [earliest, latest] = [momentInNight(form.from, night), momentInNight(form.until, night)]
  if (earliest === null) errors['earliest_at'] = 'outside_shift'
  if (latest === null) errors['latest_at'] = 'outside_shift'
  else if (earliest !== null && latest < earliest) errors['latest_at'] = 'before_start'
  if (form.minutes === null || form.minutes < 5 || form.minutes > 120) errors['minutes'] = 'out_of_range'
  if (earliest === null || latest === null || form.minutes === null || Object.keys(errors).length > 0)
    return { body: null, errors }
  return { body: { earliest_at: earliest, latest_at: latest, minutes: form.minutes }, errors: null }
}
