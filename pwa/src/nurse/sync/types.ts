/** What travels between the phone and the house, and what the phone keeps. */
import type { Body } from '$shared/document'
import type { components } from '$shared/schema'

type Schemas = components['schemas']

type Sent = Body<'/commands', 'post'>['commands'][number]
export type CommandKind = Sent['kind']
export type Step = Extract<CommandKind, 'accept' | 'depart' | 'arrive' | 'finish'>

export type Client = Schemas['PhoneClient']

/** Bezoek: one visit as the house last told it. Whoever lives there may be unknown, but there always is a card. */
export type Visit = Omit<Schemas['PhoneVisit'], 'client'> & { client: Client }
export type Status = Visit['status']
export type Shift = Schemas['PhoneShift']

export type Section = 'subjective' | 'objective' | 'evaluation' | 'plan'

export interface MeasurementKind {
  code: string
  label: string
  unit: string
}

export interface Pathway {
  id: string
  version: number
  title: string
  entry_complaints: string[]
  safety_net: string[]
  report_template: Record<Section, string[]> & { measurements: MeasurementKind[] }
}

export interface FollowUp {
  id: string
  text: string
  due_at: string | null
  owner: 'own_organisation' | 'own_gp' | 'desk'
  priority: 'normal' | 'high'
}

/** Bezoekverslag: what the nurse writes, in SOEP shape. */
export type Report = {
  report_id: string
  parent_id: string | null
  subjective: string
  objective: string
  evaluation: string
  plan: string
  measurements: { code: string; value: string; unit: string }[]
  procedures: { code: string; text: string; order_source: string | null }[]
  access_result: string | null
  problem_solved: 'yes' | 'partly' | 'no'
  needed_after: 'none' | 'gp_post' | 'emergency' | 'own_gp' | 'own_organisation'
  safety_net_told: boolean
  counterfactual: string
  follow_ups: FollowUp[]
  medication_given: never[]
  incident: boolean
}

export type Position = NonNullable<Sent['position']>

/** What she did, with what belongs to it. */
export type Deed =
  | { kind: 'report'; body: Report }
  | { kind: 'position'; body: Position }
  | { kind: Step | 'alarm' | 'seen'; body: Record<string, never> }

/** One thing the nurse did, exactly as it goes over the line. */
export type Command = Omit<Sent, 'kind' | 'body'> &
  Deed & {
    visit_id: string | null
    monotonic_ms: number
    clock_offset_ms: number
  }

/**
 * waiting: kept on this phone, not yet confirmed.   parked: the house chokes on this one; the others go on.
 * refused: the house said no; stays until the nurse has read it.   received: the house has it; kept for tonight.
 */
export type CommandState = 'waiting' | 'parked' | 'refused' | 'received'

export interface Queued {
  id: string
  command: Command
  /** Place in the nurse's own order. */
  n: number
  state: CommandState
  queued_at_ms: number
  /** Until when it can be undone; 0 when it may go. */
  hold_until_ms: number
  /** It was on its way at least once, so it can no longer be undone. */
  taken: boolean
  failures: number
  code: string | null
  details: Record<string, unknown>
  received_at: string | null
  receipt: number | null
  /** Received, but not yet seen back in the feed: the screen keeps counting it. */
  unseen: boolean
  /** What to call it when the visit itself is gone. */
  label: string
}

export interface StoredVisit {
  id: string
  seq: number
  visit: Visit
}

export interface Draft {
  /** The visit's id. */
  id: string
  report: Report
  saved_at: string
  label: string
}

/** Something that happened to the nurse's night without her; stays until she has read it. */
export interface Notice {
  id: string
  kind: 'withdrawn' | 'cancelled' | 'given_again'
  visit_id: string
  label: string
  at: string
}

/** Loose facts: one row each. */
export type Fact =
  | { id: 'place'; epoch: string; cursor: number }
  | { id: 'order'; next: number }
  | { id: 'clock'; offset_ms: number }
  | { id: 'shift'; shift: Shift | null; pathways: Pathway[] }
  | { id: 'me'; staff_id: string; name: string; desk_phone: string | null; partnership: string; is_demo: boolean }
  | { id: 'synced'; at_ms: number }
  | { id: 'seen'; assigned: string[] }

export type FeedPage = Omit<Schemas['FeedOut'], 'events' | 'pathways'> & {
  events: { seq: number; visit_id: string; visit: Visit | null }[]
  /** Only from the start. */
  pathways?: Pathway[] | null
}
/** The id is only missing when the house could not even read it; this phone always sends one. */
export type CommandAnswer = Omit<Schemas['CommandOut'], 'id'> & { id: string }
export interface CommandAnswers {
  results: CommandAnswer[]
  server_time: string
}
