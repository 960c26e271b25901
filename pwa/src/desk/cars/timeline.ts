/** The lanes of the cars as percentages of a window of time; no pixels, no DOM. */
import { isLate } from '../board/queue'
import type { BoardVisit, Night } from '../server/types'

const HOUR = 3_600_000
export interface Span {
  from: number
  until: number
}
export interface Block {
  visit: BoardVisit
  drive: { left: number; width: number } | null
  stay: { left: number; width: number }
  is_late: boolean
  /** Sent tonight, and the nurse has not said yes yet. */
  is_unanswered: boolean
  /** Room for its label until the next visit begins, in the same percentages. */
  room: number
}

/** A few hours with the present at a quarter, kept inside the night where that is possible. */
export function visibleSpan(night: Pick<Night, 'starts_at' | 'ends_at'> | null, now: number, hours = 5): Span {
  const width = hours * HOUR
  let from = now - width / 4
  if (night !== null) {
    const start = Date.parse(night.starts_at)
    const end = Date.parse(night.ends_at)
    if (end - start <= width) return { from: start, until: Math.max(end, start + HOUR) }
    from = Math.min(Math.max(from, start), end - width)
  }
  return { from, until: from + width }
}

export const percent = (span: Span, at: number): number => ((at - span.from) / (span.until - span.from)) * 100

function clip(span: Span, from: number, until: number): { left: number; width: number } | null {
  const left = Math.max(0, percent(span, from))
  const right = Math.min(100, percent(span, until))
  return right <= left ? null : { left, width: right - left }
}

/** One visit on the lane of its car: what was driven and done where that is known, the plan where it is not. */
export function blockOf(visit: BoardVisit, span: Span, now: number): Block | null {
  const arrive = parse(visit.arrived_at) ?? parse(visit.eta_at) ?? Date.parse(visit.window_start)
  const leave =
    parse(visit.departed_at) ?? parse(visit.leave_at) ?? (visit.travel_s ? arrive - visit.travel_s * 1000 : null)
  // Planned: care starts when the window opens. Arrived: it started when the nurse said so.
  const start = visit.arrived_at ? arrive : Math.max(arrive, Date.parse(visit.window_start))
  const finish =
    parse(visit.finished_at) ?? Math.max(start + visit.service_minutes * 60_000, visit.status === 'on_scene' ? now : 0)
  const stay = clip(span, start, finish)
  if (stay === null) return null
  return {
    visit,
    drive: leave === null ? null : clip(span, leave, arrive),
    stay,
    is_late: isLate(visit, now),
    is_unanswered: visit.status === 'assigned' && visit.kind === 'unplanned',
    room: stay.width,
  }
}

/** The blocks of one car, each with the room its label has: until the drive to the next visit, or the break that comes before it. */
export function blocksOf(visits: BoardVisit[], span: Span, now: number, rests: { left: number }[] = []): Block[] {
  const blocks = visits.map((visit) => blockOf(visit, span, now)).filter((block): block is Block => block !== null)
  return blocks.map((block, i) => {
    const next = blocks.slice(i + 1).find((other) => other.stay.left > block.stay.left)
    const rest = rests.filter((one) => one.left > block.stay.left).map((one) => one.left)
    // a late car leaves in the plan before it is done here: its own block is still its own
    const ahead = next
      ? Math.min(Math.max(next.drive?.left ?? 100, block.stay.left + block.stay.width), next.stay.left)
      : 100
    return { ...block, room: Math.max(2, Math.min(ahead, ...rest) - block.stay.left - 1) }
  })
}

const parse = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso))

/** Whole hours within the span, for the little scale above the lanes; none where its words would be cut off or lie under "nu". */
export function hourMarks(span: Span, now: number, roomForLabel = 6): { at: number; left: number }[] {
  const marks = []
  const here = percent(span, now)
  for (let at = Math.ceil(span.from / HOUR) * HOUR; at <= span.until; at += HOUR) {
    const left = percent(span, at)
    const fits = left >= roomForLabel / 2 && left <= 100 - roomForLabel / 2
    if (fits && Math.abs(left - here) >= roomForLabel * 0.9) marks.push({ at, left })
  }
  return marks
}
