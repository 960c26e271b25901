/** Every time comes and goes as UTC; every time is shown as the clock on a Dutch wall. */
const ZONE = 'Europe/Amsterdam'
const clockFormat = new Intl.DateTimeFormat('nl-NL', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' })
const dateFormat = new Intl.DateTimeFormat('nl-NL', { timeZone: ZONE, day: 'numeric', month: 'long' })
const weekdayFormat = new Intl.DateTimeFormat('nl-NL', { timeZone: ZONE, weekday: 'long' })
const dayKeyFormat = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE })

export type Moment = string | number | Date

/** "02:31" */
export const clock = (moment: Moment): string => clockFormat.format(new Date(moment))

/** "21 november" */
export const date = (moment: Moment): string => dateFormat.format(new Date(moment))

/** "2026-11-21", the day in the Netherlands */
export const dayKey = (moment: Moment): string => dayKeyFormat.format(new Date(moment))

/** "vannacht 03:10", "gisteren 03:10", "zaterdag 03:10", "14 november 03:10" */
export function dayAndClock(moment: Moment, now: Moment): string {
  const days = Math.round((Date.parse(dayKey(now)) - Date.parse(dayKey(moment))) / 86_400_000)
  if (days === 0) return clock(moment)
  if (days === 1) return `gisteren ${clock(moment)}`
  if (days === -1) return `morgen ${clock(moment)}`
  if (days > 0 && days < 7) return `${weekdayFormat.format(new Date(moment))} ${clock(moment)}`
  return `${date(moment)} ${clock(moment)}`
}

/** Whole minutes from now until a moment; negative when it has passed. */
export const minutesUntil = (moment: Moment, now: Moment): number =>
  Math.round((new Date(moment).getTime() - new Date(now).getTime()) / 60_000)

/** "28 min", "2 uur", "2 uur 5 min" */
export function minutes(count: number): string {
  const whole = Math.abs(Math.round(count))
  if (whole < 60) return `${whole} min`
  const rest = whole % 60
  return rest ? `${Math.floor(whole / 60)} uur ${rest} min` : `${whole / 60} uur`
}

/** "binnen 28 min", "nu", "12 min te laat" */
export function deadline(latestAt: Moment, now: Moment): string {
  const left = minutesUntil(latestAt, now)
  if (left === 0) return 'nu'
  return left > 0 ? `binnen ${minutes(left)}` : `${minutes(left)} te laat`
}

/** "zojuist", "12 s geleden", "12 min geleden" */
export function age(moment: Moment, now: Moment): string {
  const seconds = Math.max(0, Math.round((new Date(now).getTime() - new Date(moment).getTime()) / 1000))
  if (seconds < 5) return 'zojuist'
  return seconds < 60 ? `${seconds} s geleden` : `${minutes(seconds / 60)} geleden`
}

/** "11 min" of driving out of seconds, never "0 min". */
export const drive = (seconds: number): string => minutes(Math.max(1, Math.round(seconds / 60)))
