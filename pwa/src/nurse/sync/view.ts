/** What the screen shows: the house's last word, plus what the nurse did that the house has not shown back yet. */
import type { Draft, Queued, Report, Shift, Status, Step, StoredVisit, Visit } from './types'

const ORDER: Status[] = ['open', 'assigned', 'accepted', 'under_way', 'on_scene', 'done']

export const AFTER: Record<Step, Status> = {
  accept: 'accepted',
  depart: 'under_way',
  arrive: 'on_scene',
  finish: 'done',
}
const STAMP = { accept: 'accepted_at', depart: 'departed_at', arrive: 'arrived_at', finish: 'finished_at' } as const

/** The one thing to do next at a visit; null when there is nothing left to tap. */
export function nextStep(status: Status): Step | null {
  const steps: Partial<Record<Status, Step>> = {
    assigned: 'accept',
    accepted: 'depart',
    under_way: 'arrive',
    on_scene: 'finish',
  }
  return steps[status] ?? null
}

export const isStep = (kind: string): kind is Step => kind in AFTER

export const isFurther = (a: Status, b: Status): boolean => ORDER.indexOf(a) > ORDER.indexOf(b)

/** Forward only: a step that the house knows already changes nothing, and a cancelled visit stays cancelled. */
export function further(status: Status, step: Step): Status {
  if (status === 'cancelled') return status
  return isFurther(AFTER[step], status) ? AFTER[step] : status
}

/** Does the screen count this command as done? A refused one it does not: that one is told. */
const counts = (row: Queued) =>
  row.state === 'waiting' || row.state === 'parked' || (row.state === 'received' && row.unseen)

export interface Reported {
  report: Report
  at: string
  state: Queued['state']
  received_at: string | null
}

export interface ShownVisit extends Visit {
  /** The newest report written on this phone. */
  reported: Reported | null
  hasDraft: boolean
  /** Something about this visit is not received yet. */
  isWaiting: boolean
}

export function project(stored: StoredVisit[], commands: Queued[], drafts: Draft[]): ShownVisit[] {
  const ordered = [...commands].sort((a, b) => a.n - b.n)
  return stored.map(({ visit }) => {
    const shown: ShownVisit = {
      ...visit,
      reported: null,
      hasDraft: drafts.some((draft) => draft.id === visit.id),
      isWaiting: false,
    }
    for (const row of ordered) {
      const { command } = row
      if (command.visit_id !== visit.id) continue
      if (row.state === 'waiting' || row.state === 'parked')
        shown.isWaiting ||= command.kind !== 'position' && command.kind !== 'seen'
      if (command.kind === 'report' && row.state !== 'refused') {
        shown.reported = {
          report: command.body,
          at: command.happened_at,
          state: row.state,
          received_at: row.received_at,
        }
      }
      if (isStep(command.kind) && counts(row)) {
        shown.status = further(shown.status, command.kind)
        shown[STAMP[command.kind]] ??= new Date(Date.parse(command.happened_at) + command.clock_offset_ms).toISOString()
      }
    }
    return shown
  })
}

export interface Tonight {
  /** The visit on the card. */
  next: ShownVisit | null
  /** A new call that waits for an answer while she is busy with another visit. */
  ringing: ShownVisit[]
  later: ShownVisit[]
  done: ShownVisit[]
  /** Done, and still without a report. */
  unreported: ShownVisit[]
}

const far = Number.MAX_SAFE_INTEGER
const moment = (visit: Visit) => {
  const at = visit.eta_at ?? visit.window_start
  return Date.parse(at)
}
const byPlan = (a: Visit, b: Visit) =>
  (a.sequence ?? far) - (b.sequence ?? far) || moment(a) - moment(b) || (a.id < b.id ? -1 : 1)
const byUrgency = (a: Visit, b: Visit) => (a.urgency < b.urgency ? -1 : a.urgency > b.urgency ? 1 : byPlan(a, b))

/** First where she is, then where she goes, then a new call, then the plan. */
export function tonight(visits: ShownVisit[]): Tonight {
  const open = visits
    .filter((visit) => ['assigned', 'accepted', 'under_way', 'on_scene'].includes(visit.status))
    .sort(byPlan)
  const is = (status: Status) => open.filter((visit) => visit.status === status)
  const calls = is('assigned')
    .filter((visit) => visit.kind === 'unplanned')
    .sort(byUrgency)
  const next =
    is('on_scene')[0] ?? is('under_way')[0] ?? calls[0] ?? is('accepted').sort(byUrgency)[0] ?? open[0] ?? null
  const done = visits
    .filter((visit) => visit.status === 'done')
    .sort((a, b) => (b.finished_at ?? '').localeCompare(a.finished_at ?? '') || byPlan(b, a))
  return {
    next,
    ringing: calls.filter((visit) => visit !== next),
    later: open.filter((visit) => visit !== next && !calls.includes(visit)),
    done,
    unreported: done.filter((visit) => !visit.reported && !visit.report_id),
  }
}

export interface Waiting {
  count: number
  oldestMs: number | null
}

/** How many things of hers are on this phone only, and since when. Places and bells do not count. */
export function waiting(commands: Queued[]): Waiting {
  const rows = commands.filter(
    (row) =>
      (row.state === 'waiting' || row.state === 'parked') &&
      row.command.kind !== 'position' &&
      row.command.kind !== 'seen',
  )
  return { count: rows.length, oldestMs: rows.length ? Math.min(...rows.map((row) => row.queued_at_ms)) : null }
}

/** Is the shift over? The phone then says so, and keeps only what still has to be sent. */
export const isOver = (shift: Shift, nowMs: number): boolean => nowMs > Date.parse(shift.ends_at)
