/** The server in small, as the contract describes it: forward-only, idempotent, one seq per change, and a desk that meddles. */
import { newReport } from '../../report'
import { LineError, type Transport } from '../engine'
import type { Command, CommandAnswer, CommandAnswers, CommandKind, Deed, FeedPage, Status, Visit } from '../types'
import { AFTER, further } from '../view'

interface Known {
  seq: number
  /** null: no longer for this phone. */
  visit: Visit | null
}

interface Memory {
  seq: number
  visits: Map<string, Known>
  results: Map<string, { body: string; answer: CommandAnswer }>
  reports: string[]
  applied: Command[]
}

export type Fault =
  'none' | 'lost_request' | 'lost_reply' | 'duplicate' | 'stale_page' | 'portal' | 'busy' | 'broken' | 'locked'

export const aVisit = (id: string, changes: Partial<Visit> = {}): Visit => ({
  id,
  reference: `ZV-${id}`,
  kind: 'unplanned',
  urgency: 'U3',
  status: 'assigned',
  sequence: null,
  eta_at: null,
  travel_s: 600,
  travel_source: null,
  window_start: '2026-11-22T01:00:00Z',
  window_end: '2026-11-22T01:30:00Z',
  latest_at: '2026-11-22T05:30:00Z',
  service_minutes: 30,
  version: 1,
  complaint: 'Katheter verstopt',
  question: null,
  onset: null,
  measures_taken: null,
  location_note: null,
  callback: null,
  client: {
    label: `Mw. ${id}`,
    age: 84,
    birth_date: '1942-03-12',
    sex: 'female',
    phone: '020 555 01 01',
    street: 'Hoofdweg',
    house_number: 214,
    addition: '2',
    postcode: '1056 DL',
    city: 'Amsterdam',
    entry_note: null,
    lat: 52.37,
    lon: 4.85,
    precision: 'address',
    access_type: 'code_safe',
    access_note: null,
    alerts: [],
    language: 'nl',
    contact: null,
    gp: null,
    treatment_limits: null,
    organisation: null,
  },
  triage: null,
  pathway_id: null,
  look_back: [],
  required_competences: [],
  cars_needed: 1,
  partner: null,
  assigned_at: null,
  accepted_at: null,
  departed_at: null,
  arrived_at: null,
  finished_at: null,
  report_id: null,
  ...changes,
})

/** A deed of this kind, as a phone would send it. */
export const aDeed = (kind: CommandKind, id: string): Deed => {
  if (kind === 'report') return { kind, body: { ...newReport(null, null), report_id: id, problem_solved: 'yes' } }
  return kind === 'position' ? { kind, body: { lat: 52.37, lon: 4.85 } } : { kind, body: {} }
}

export class House {
  epoch = 1
  shiftId = 'shift-1'
  isLoggedIn = true
  fault: Fault = 'none'
  /** Commands on which the house breaks, every time. */
  poison = new Set<string>()
  isIdempotent = true
  pageSize = 2
  memory: Memory = { seq: 0, visits: new Map(), results: new Map(), reports: [], applied: [] }
  private backup: Memory | null = null
  /** What some cache on the way may still hold, by address. */
  private oldPages = new Map<number, FeedPage>()
  requests = 0

  constructor(private readonly now: () => number) {}

  // -- the desk -------------------------------------------------------------------------------------------------------

  assign(id: string, changes: Partial<Visit> = {}): void {
    const known = this.memory.visits.get(id)
    if (known?.visit) return
    this.change(id, aVisit(id, changes))
  }

  withdraw(id: string): void {
    if (this.memory.visits.get(id)?.visit) this.change(id, null)
  }

  deskSays(id: string, status: Status): void {
    const visit = this.memory.visits.get(id)?.visit
    const step = (Object.keys(AFTER) as (keyof typeof AFTER)[]).find((key) => AFTER[key] === status)
    if (!visit || visit.status === 'cancelled') return
    const next = status === 'cancelled' ? status : step ? further(visit.status, step) : visit.status
    if (next !== visit.status) this.change(id, { ...visit, status: next })
  }

  makeBackup(): void {
    this.backup = structuredClone(this.memory)
  }

  restoreBackup(): void {
    if (!this.backup) return
    this.memory = structuredClone(this.backup)
    this.epoch++
    this.oldPages.clear() // a restore takes a minute; no cache on the way is that old
  }

  private change(id: string, visit: Visit | null): void {
    this.memory.visits.set(id, { seq: ++this.memory.seq, visit })
  }

  /** What this phone should show once everything is quiet. */
  projection(): Map<string, Visit> {
    const rows = [...this.memory.visits].flatMap(([id, known]) => (known.visit ? [[id, known.visit] as const] : []))
    return new Map(rows.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  // -- the line -------------------------------------------------------------------------------------------------------

  transport(step: () => Promise<void> = async () => undefined): Transport {
    return {
      feed: (after) => this.overTheLine(step, () => this.cached(after)),
      commands: (commands) => this.overTheLine(step, () => this.take(structuredClone(commands))),
    }
  }

  private async overTheLine<T>(step: () => Promise<void>, answer: () => T): Promise<T> {
    await step()
    this.requests++
    if (this.fault === 'lost_request' || this.fault === 'portal') throw new LineError(0, 'unreachable')
    if (this.fault === 'busy') throw new LineError(429, 'too_many', 2000)
    if (this.fault === 'broken') throw new LineError(500, 'broken')
    if (this.fault === 'locked') throw new LineError(423, 'locked')
    if (!this.isLoggedIn) throw new LineError(401, 'not_logged_in')
    if (this.fault === 'duplicate') answer()
    const result = structuredClone(answer())
    await step()
    if (this.fault === 'lost_reply') throw new LineError(0, 'unreachable')
    return result
  }

  private cached(after: number): FeedPage {
    const page = (this.fault === 'stale_page' && this.oldPages.get(after)) || this.feed(after)
    if (!this.oldPages.has(after) || this.requests % 3 === 0) this.oldPages.set(after, page)
    return page
  }

  feed(after: number): FeedPage {
    const news = [...this.memory.visits]
      .map(([visit_id, known]) => ({ visit_id, ...known }))
      .filter((known) => known.seq > after && (after > 0 || known.visit))
      .sort((a, b) => a.seq - b.seq)
    const events = news.slice(0, this.pageSize)
    const more = news.length > events.length
    const shift = {
      id: this.shiftId,
      car_name: 'Auto 2',
      car_number: 2,
      nurse_name: 'Jeroen',
      region_name: 'West',
      starts_at: '2026-11-21T22:00:00Z',
      ends_at: '2026-11-22T06:00:00Z',
      desk_phone: '020 555 00 00',
      rest: null,
      home: { lat: 52.38, lon: 4.83 },
    }
    return {
      epoch: `epoch-${this.epoch}`,
      cursor: more ? events[events.length - 1]!.seq : this.memory.seq,
      more,
      reset: after > this.memory.seq,
      server_time: new Date(this.now()).toISOString(),
      shift,
      pathways: after === 0 ? [] : null,
      events,
    }
  }

  private take(commands: Command[]): CommandAnswers {
    if (commands.some((command) => this.poison.has(command.id))) throw new LineError(500, 'broken')
    return { results: commands.map((command) => this.one(command)), server_time: new Date(this.now()).toISOString() }
  }

  private one(command: Command): CommandAnswer {
    const { memory } = this
    const body = JSON.stringify([command.kind, command.visit_id, command.body])
    const known = memory.results.get(command.id)
    if (known && this.isIdempotent) {
      return known.body === body ? known.answer : { ...known.answer, status: 'refused', code: 'id_reused' }
    }
    const refusal = this.apply(command)
    const answer: CommandAnswer = {
      id: command.id,
      status: refusal ? 'refused' : 'applied',
      code: refusal,
      details: {},
      receipt: refusal ? null : memory.seq,
      received_at: new Date(this.now()).toISOString(),
    }
    memory.results.set(command.id, { body, answer })
    return answer
  }

  private apply(command: Command): string | null {
    const { memory } = this
    if (command.kind === 'report') memory.reports.push(command.id)
    memory.applied.push(command)
    const id = command.visit_id
    const visit = id ? memory.visits.get(id)?.visit : null
    if (command.kind === 'report' && visit) this.change(id!, { ...visit, report_id: command.id })
    if (!(command.kind in AFTER)) return null
    const step = command.kind as keyof typeof AFTER
    const isFact = step === 'arrive' || step === 'finish'
    if (!visit || visit.status === 'cancelled') {
      memory.applied.pop()
      return isFact ? null : 'visit_withdrawn'
    }
    const status = further(visit.status, step)
    if (status !== visit.status) this.change(id!, { ...visit, status })
    return null
  }
}
