/** What the desk reads from and writes to the API. Times are ISO-8601 in UTC, ids are UUID strings. */

export type Urgency = 'U0' | 'U1' | 'U2' | 'U3' | 'U4' | 'U5'
export type VisitStatus = 'open' | 'assigned' | 'accepted' | 'under_way' | 'on_scene' | 'done' | 'cancelled'
export type AbcdAnswer = 'safe' | 'unsafe' | 'unknown'
export type AbcdKey = 'airway' | 'breathing' | 'circulation' | 'disability'
export type Verdict = 'in_scope' | 'out_of_scope' | 'doubt'
export type Outcome =
  | 'phone_advice'
  | 'visit'
  | 'emergency_call'
  | 'refer_gp_post'
  | 'refer_crisis_team'
  | 'refer_own_gp'
  | 'refer_own_organisation'
  | 'not_night_care'
export type Counterfactual =
  'none' | 'gp_post' | 'emergency_department' | 'ambulance' | 'own_gp' | 'own_organisation' | 'unknown'
export type Params = Record<string, unknown>
export interface Reason {
  code: string
  params?: Params
}


export interface Waiting {
  care_request_id: string
  reference: string
  received_at: string
  client_label: string | null
  age?: number | null
  organisation: string | null
  entry_complaint: string | null
  question: string
  postcode: string | null
  registered_by: string | null
  presence?: { name: string } | null
}

export interface BoardVisit {
  id: string
  reference: string | null
  care_request_id: string | null
  kind: 'planned' | 'unplanned'
  urgency: Urgency
  status: VisitStatus
  client_label: string
  client_age: number | null
  organisation: string | null
  address_line: string
  postcode: string | null
  lat: number | null
  lon: number | null
  precision: string | null
  complaint: string | null
  question: string | null
  region_id: string | null
  window_start: string | null
  window_end: string | null
  latest_at: string | null
  service_minutes: number
  required_competences: string[]
  cars_needed: number
  shift_id: string | null
  sequence: number | null
  eta_at: string | null
  leave_at: string | null
  travel_s: number | null
  travel_source: string | null
  is_locked: boolean
  version: number
  assigned_at: string | null
  accepted_at: string | null
  departed_at: string | null
  arrived_at: string | null
  finished_at: string | null
  reported: boolean
}

export interface Car {
  shift_id: string
  car_name: string
  car_number: number
  nurse_name: string
  region_id: string | null
  region_name: string | null
  starts_at: string
  ends_at: string
  is_backup: boolean
  is_woken: boolean
  phone: string | null
  state: 'free' | 'driving' | 'on_scene' | 'off'
  position: { lat: number; lon: number; at: string } | null
  home: { lat: number; lon: number } | null
  competences: { procedure: string; valid_until: string }[]
  push_ok_at?: string | null
}

export type AlarmKind = 'unacknowledged' | 'nurse_alarm' | 'overdue' | 'late_norm' | 'push_dead' | 'no_car'
export interface Alarm {
  id: string
  kind: AlarmKind
  visit_id: string | null
  shift_id: string | null
  care_request_id: string | null
  reference: string | null
  car_name: string | null
  note: string | null
  raised_at: string
  acknowledged_at: string | null
  acknowledged_by: string | null
  step: string
  steps: { at: string; code: string; by?: string; note?: string }[]
}

export interface Change {
  seq: number
  happened_at: string
  text_code: string
  params: Params
  visit_id: string | null
}

export interface Night {
  id: string
  starts_at: string
  ends_at: string
  plan_version: number
  plan_state: 'idle' | 'running' | 'failed'
  plan_note: string | null
  closed_at: string | null
}

export interface Board {
  seq: number
  epoch: string | number
  server_time: string
  night: Night | null
  waiting: Waiting[]
  visits: BoardVisit[]
  cars: Car[]
  alarms: Alarm[]
  changes: Change[]
}

export interface Delay {
  visit_id: string
  label: string
  later_s: number
  new_arrival_at: string
  still_in_window: boolean
}
export interface Option {
  rank: number
  shift_id: string
  car_name: string
  nurse_name: string
  arrive_at: string
  travel_s: number
  distance_m: number
  late_s: number
  cost: number
  reasons: Reason[]
  delays: Delay[]
}
export interface Rejected {
  shift_id: string
  car_name: string
  nurse_name: string
  reason: string
  params?: Params
}
export interface Recommendation {
  visit_id: string
  computed_at: string
  plan_version: number
  source: string
  options: Option[]
  rejected: Rejected[]
}

export interface PostcodeArea {
  pc4: string
  place: string
  lat: number
  lon: number
}
export interface Region {
  id: string
  name: string
  code: string
  postcode_areas: PostcodeArea[]
}

export interface ClientHit {
  id: string
  name: string
  birth_year: number | null
  organisation: string | null
  postcode: string | null
  city: string | null
  is_provisional: boolean
}
export interface Client {
  id: string
  name: string
  age: number | null
  birth_date: string | null
  phone: string | null
  street: string | null
  house_number: number | null
  addition: string | null
  postcode: string | null
  city: string | null
  precision: string | null
  lat: number | null
  lon: number | null
  organisation: { id: string; name: string; short_name: string; phone: string | null } | null
  funding_law: string
  access_type: string
  access_note?: string | null
  alerts: string[]
  language: string | null
  gp_name: string | null
  gp_phone: string | null
  contact_name: string | null
  contact_phone: string | null
  contact_relation: string | null
  treatment_limits: string | null
  is_provisional: boolean
}
export interface Contact {
  happened_at: string
  kind: string
  reference: string | null
  entry_complaint: string | null
  question: string | null
  outcome: string | null
  urgency: string | null
  advice: string | null
  summary: string | null
}
export interface LookBack {
  contacts: Contact[]
  is_second_contact: boolean
}
export interface FoundAddress {
  address: unknown
  lat: number | null
  lon: number | null
  precision: string
  street: string | null
  city: string | null
  region: { id: string; name: string } | null
}

export interface EntryComplaint {
  code: string
  label: string
  pathway_id: string | null
}
export interface PathwayQuestion {
  id: string
  text: string
  kind: 'yes_no' | 'number' | 'choice'
  unit: string | null
  options: { value: string; label: string }[]
  hint: string | null
}
export interface Pathway {
  id: string
  version: number
  title: string
  entry_complaints: string[]
  questions: PathwayQuestion[]
  advice: string[]
  safety_net: string[]
  competences: string[]
  service_minutes: number
}
export interface Criterion {
  id: string
  number: number
  text: string
  verdict: Verdict
  alternative: string | null
  entry_complaints: string[]
}
export interface ScopeList {
  id: string
  version: string
  valid_from: string
  criteria: Criterion[]
}
export interface Proposal {
  proposed_urgency: Urgency
  reasons: Reason[]
  alarm_signals: string[]
  suggested_criterion_ids: string[]
  suggested_competences: string[]
  suggested_service_minutes: number
  suggested_cars_needed: number
  must_call_emergency: boolean
}
export interface CareRequest {
  id: string
  reference: string
  received_at: string
  status: string
  channel: string
  client_id: string | null
  caller: { name: string | null; relation: string; callback_number: string; is_with_client: boolean | null }
  question: string
  entry_complaint: string
  onset: string | null
  measures_taken: string | null
  location_note: string | null
  contact_72h_checked: boolean
  suggested_links: { id: string; reference: string; received_at: string; status: string; question: string }[]
}
export interface TriageDecision {
  id: string
  final_urgency: Urgency
  proposed_urgency: Urgency
  change_reason?: { code: string; text: string | null } | null
  scope_criterion_id: string | null
  scope_verdict: Verdict | null
  scope_rule: string | null
  scope_list_version: string | null
  is_current: boolean
  outcome: Outcome
  advice: string | null
  answers: Record<string, string | number | boolean>
  alarm_signals: string[]
  risk_groups: string[]
  required_competences: string[]
  service_minutes: number | null
  cars_needed: number
  decided_at: string
  decided_by_name: string
}
export interface IntakeDraft {
  id: string
  body: Record<string, unknown>
  updated_at: string
}
export interface Handover {
  id: string
  night: string
  organisation: { id: string; name: string }
  version: number
  addendum_of: string | null
  is_nil: boolean
  heading: string
  entries_count: number
  open_actions: number
  opened_at: string | null
  opened_by: string | null
  is_unread: boolean
  deliveries: { channel: string; status: string; note: string | null; at: string }[]
  answers: { taken_over: number; question: number; rejected: number }
}
export interface Closing {
  handovers: Handover[]
  without_organisation: string[]
}
