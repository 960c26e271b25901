/** What travels between the phone and the house, and what the phone keeps. */
import type { UrgencyCode } from '$shared/urgency'

export type Status = 'open' | 'assigned' | 'accepted' | 'under_way' | 'on_scene' | 'done' | 'cancelled'
export type Step = 'accept' | 'depart' | 'arrive' | 'finish'
export type CommandKind = Step | 'report' | 'alarm' | 'position' | 'seen'

export interface Client {
  label: string
  age: number | null
  birth_date: string | null
  sex: string | null
  phone: string | null
  street: string
  house_number: number | null
  addition: string | null
  postcode: string | null
  city: string
  entry_note: string | null
  lat: number | null
  lon: number | null
  precision: string
  access_type: string
  access_note: string | null
  alerts: string[]
  language: string | null
  contact: { name: string | null; phone: string | null; relation: string | null } | null
  gp: { name: string | null; phone: string | null } | null
  treatment_limits: string | null
  organisation: string | null
}

export interface LookBack {
  happened_at: string
  outcome: string | null
  summary: string | null
}

/** Bezoek: one visit as the house last told it. */
export interface Visit {
  id: string
  reference: string | null
  kind: 'planned' | 'unplanned'
  urgency: UrgencyCode
  status: Status
  sequence: number | null
  eta_at: string | null
  travel_s: number | null
  window_start: string
  /** For an unplanned visit: the norm. */
  window_end: string
  latest_at: string
  service_minutes: number
  version: number
  complaint: string
  question: string | null
  onset: string | null
  measures_taken: string | null
  location_note?: string | null
  callback: { name: string | null; relation: string | null; number: string | null } | null
  client: Client
  triage: { abcd_note: string | null; alarm_signals: string[]; advice: string | null; scope_rule: string | null } | null
  pathway_id: string | null
  look_back: LookBack[]
  required_competences: string[]
  cars_needed: number
  assigned_at: string | null
  accepted_at: string | null
  departed_at: string | null
  arrived_at: string | null
  finished_at: string | null
  report_id: string | null
}

export interface Shift {
  id: string
  car_name: string
  car_number: number
  nurse_name: string
  region_name: string | null
  starts_at: string
  ends_at: string
  desk_phone: string | null
  home: { lat: number; lon: number } | null
}

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
export interface Report {
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

export interface Position {
  lat: number
  lon: number
  accuracy_m: number
}

/** One thing the nurse did, exactly as it goes over the line. */
export interface Command {
  id: string
  kind: CommandKind
  visit_id: string | null
  happened_at: string
  monotonic_ms: number
  clock_offset_ms: number
  position?: Position
  body: Record<string, unknown>
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

export interface FeedPage {
  epoch: string
  cursor: number
  more: boolean
  reset: boolean
  server_time: string
  shift: Shift | null
  pathways?: Pathway[] | null
  events: { seq: number; visit_id: string; visit: Visit | null }[]
}

export interface CommandAnswer {
  id: string
  status: 'applied' | 'refused'
  code: string | null
  details: Record<string, unknown>
  receipt: number | null
  received_at: string
}

export interface CommandAnswers {
  results: CommandAnswer[]
  server_time: string
}
