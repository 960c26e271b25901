/** What waits at the desk and in which order: urgency first, then the oldest; and how much time is left. */
import type { Alarm, AlarmKind, Board, BoardVisit, Car, Urgency, VisitStatus, Waiting } from '../server/types'

/** A question without a triage decision could be anything: it stands just behind what we know to be urgent. */
const UNKNOWN_RANK = 2.5
/** Minutes within which a question should have been triaged; afterwards its bar is full. */
export const TRIAGE_NORM_MIN = 10

export type QueueItem =
  | { kind: 'waiting'; id: string; since: string; waiting: Waiting }
  | { kind: 'visit'; id: string; since: string; visit: BoardVisit }
export type QueueEntry = QueueItem | { kind: 'alarm'; id: string; since: string; alarm: Alarm }
export type Selection = { kind: QueueEntry['kind']; id: string } | null

export const urgencyRank = (urgency: Urgency): number => Number(urgency.slice(1))

/** Everything that waits for a decision of the desk: untriaged questions and open visits without a car. */
export function waitingForDecision(board: Board): QueueItem[] {
  const items: (QueueItem & { rank: number })[] = [
    ...board.waiting.map((waiting) => ({
      kind: 'waiting' as const,
      id: waiting.care_request_id,
      since: waiting.received_at,
      rank: UNKNOWN_RANK,
      waiting,
    })),
    ...board.visits
      .filter((visit) => visit.status === 'open' && !waitsWithFirst(board, visit))
      .map((visit) => ({
        kind: 'visit' as const,
        id: visit.id,
        since: visit.window_start,
        rank: urgencyRank(visit.urgency),
        visit,
      })),
  ]
  return items.sort((a, b) => a.rank - b.rank || a.since.localeCompare(b.since) || a.id.localeCompare(b.id))
}

/** Two cars are chosen in one go: as long as nobody has either part, one card stands for both. */
const waitsWithFirst = (board: Board, visit: BoardVisit): boolean =>
  visit.double_id !== null &&
  board.visits.some(
    (other) => other.double_id === visit.double_id && other.part < visit.part && other.status === 'open',
  )

const ALARM_ORDER: AlarmKind[] = ['nurse_alarm', 'unacknowledged', 'overdue', 'no_car', 'late_norm', 'push_dead']

/** Alarms that nobody has answered; a nurse in need stands before everything else. */
export function openAlarms(board: Board): Alarm[] {
  return board.alarms
    .filter((alarm) => alarm.acknowledged_at === null)
    .sort((a, b) => ALARM_ORDER.indexOf(a.kind) - ALARM_ORDER.indexOf(b.kind) || a.raised_at.localeCompare(b.raised_at))
}

/** What an alarm is about, as far as it is still on the board. */
export function subjectOf(alarm: Alarm, board: Board): Selection {
  if (board.visits.some((visit) => visit.id === alarm.visit_id)) return { kind: 'visit', id: alarm.visit_id! }
  const visit = board.visits.find(
    (item) => alarm.care_request_id !== null && item.care_request_id === alarm.care_request_id,
  )
  if (visit !== undefined) return { kind: 'visit', id: visit.id }
  const waits = board.waiting.some((item) => item.care_request_id === alarm.care_request_id)
  return waits ? { kind: 'waiting', id: alarm.care_request_id! } : null
}

/** A norm that has passed shows on the card that waits, so that five late questions do not hide the list; by the card's id. */
export function normAlarms(board: Board): Map<string, Alarm> {
  const waits = new Set(waitingForDecision(board).map((item) => item.id))
  const found = new Map<string, Alarm>()
  for (const alarm of board.alarms) {
    const subject = alarm.kind === 'late_norm' ? subjectOf(alarm, board) : null
    if (subject === null || !waits.has(subject.id)) continue
    // Two alarms about one question: the one that nobody has seen yet is shown first.
    const other = found.get(subject.id)
    if (other === undefined || other.acknowledged_at !== null) found.set(subject.id, alarm)
  }
  return found
}

/** The alarms that need a place of their own: everything but what already shows on a waiting card. */
export function standingAlarms(board: Board): Alarm[] {
  const shown = new Set([...normAlarms(board).values()].map((alarm) => alarm.id))
  return openAlarms(board).filter((alarm) => !shown.has(alarm.id))
}

/** The order in which J and K walk: first alarms, then what waits. */
export function walkOrder(board: Board): QueueEntry[] {
  return [
    ...standingAlarms(board).map((alarm) => ({ kind: 'alarm' as const, id: alarm.id, since: alarm.raised_at, alarm })),
    ...waitingForDecision(board),
  ]
}

export function step(order: { kind: string; id: string }[], selected: Selection, by: 1 | -1): Selection {
  if (order.length === 0) return null
  const at = order.findIndex((entry) => entry.id === selected?.id && entry.kind === selected?.kind)
  const next = at === -1 ? (by === 1 ? 0 : order.length - 1) : Math.min(order.length - 1, Math.max(0, at + by))
  const entry = order[next]!
  return { kind: entry.kind as QueueEntry['kind'], id: entry.id }
}

export interface Timer {
  minutes_left: number
  fraction: number
  is_late: boolean
}
/** How much of the norm is used: 0 is just begun, 1 is the norm reached. */
export function timer(from: number, until: number, now: number): Timer {
  const span = Math.max(1, until - from)
  return {
    minutes_left: Math.ceil((until - now) / 60_000),
    fraction: Math.min(1, Math.max(0, (now - from) / span)),
    is_late: now > until,
  }
}
export const waitingTimer = (waiting: Waiting, now: number): Timer =>
  timer(Date.parse(waiting.received_at), Date.parse(waiting.received_at) + TRIAGE_NORM_MIN * 60_000, now)
/** The norm of a visit is the end of its window (the response time); latest_at is the hard end. */
export const visitTimer = (visit: BoardVisit, now: number): Timer =>
  timer(Date.parse(visit.window_start), Date.parse(visit.window_end), now)

export function isLate(visit: BoardVisit, now: number): boolean {
  if (visit.status === 'done' || visit.status === 'cancelled') return false
  const arrival = visit.arrived_at ?? visit.eta_at
  return (arrival === null ? now : Date.parse(arrival)) > Date.parse(visit.window_end)
}

export const ORDER: VisitStatus[] = ['open', 'assigned', 'accepted', 'under_way', 'on_scene', 'done']
export const isActive = (visit: BoardVisit): boolean => visit.status !== 'done' && visit.status !== 'cancelled'
export const isAhead = (from: VisitStatus, to: VisitStatus): boolean => ORDER.indexOf(to) > ORDER.indexOf(from)

/** The visits of one car in the order in which they are driven. */
export function visitsOf(board: Board, shiftId: string): BoardVisit[] {
  const at = (visit: BoardVisit) => visit.arrived_at ?? visit.eta_at ?? visit.window_start
  return board.visits
    .filter((visit) => visit.shift_id === shiftId && visit.status !== 'cancelled')
    .sort((a, b) => at(a).localeCompare(at(b)) || (a.sequence ?? 0) - (b.sequence ?? 0))
}

/** The visit that a status of this car is about: the one furthest under way that can still take this step. */
export function visitForStatus(board: Board, shiftId: string, status: VisitStatus): BoardVisit | null {
  const candidates = visitsOf(board, shiftId).filter((visit) => isActive(visit) && isAhead(visit.status, status))
  candidates.sort((a, b) => ORDER.indexOf(b.status) - ORDER.indexOf(a.status))
  return candidates[0] ?? null
}

export function carsSorted(board: Board): Car[] {
  return [...board.cars].sort((a, b) => Number(a.is_backup) - Number(b.is_backup) || a.car_number - b.car_number)
}
