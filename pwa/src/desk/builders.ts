/** Believable pieces of a board for tests; every field has a quiet default. */
import type { Alarm, Board, BoardVisit, Car, Waiting } from './server/types'

export const NOW = Date.parse('2026-11-22T01:14:00Z') // 02:14 in Amsterdam
export const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString()

export function aVisit(part: Partial<BoardVisit> = {}): BoardVisit {
  return {
    id: 'visit-1',
    reference: 'ZV-1142',
    care_request_id: 'request-1',
    kind: 'unplanned',
    urgency: 'U2',
    status: 'open',
    client_id: 'client-1',
    client_label: 'Mw. J. de Groot',
    client_age: 84,
    organisation: 'De Lindehof',
    address_line: 'Hoofdweg 214-2',
    postcode: '1056DL',
    lat: 52.37,
    lon: 4.86,
    precision: 'address',
    complaint: 'Katheter verstopt',
    question: 'Hij loopt niet meer',
    region_id: 'west',
    window_start: at(-2),
    window_end: at(28),
    latest_at: at(200),
    service_minutes: 30,
    required_competences: ['bladder_catheter'],
    cars_needed: 1,
    double_id: null,
    part: 1,
    shift_id: null,
    sequence: null,
    eta_at: null,
    leave_at: null,
    travel_s: null,
    travel_source: null,
    driving: null,
    is_locked: false,
    version: 1,
    assigned_at: null,
    accepted_at: null,
    departed_at: null,
    arrived_at: null,
    finished_at: null,
    reported: false,
    ...part,
  }
}
export function aCar(part: Partial<Car> = {}): Car {
  return {
    shift_id: 'shift-2',
    car_name: 'Auto 2',
    car_number: 2,
    nurse_name: 'Jeroen',
    region_id: 'west',
    region_name: 'West',
    starts_at: at(-180),
    ends_at: at(300),
    is_backup: false,
    is_woken: false,
    phone: '0600000002',
    state: 'free',
    position: null,
    home: { lat: 52.36, lon: 4.85 },
    competences: [],
    push_ok_at: at(-60),
    breaks: [],
    ...part,
  }
}
export function aWaiting(part: Partial<Waiting> = {}): Waiting {
  return {
    care_request_id: 'request-9',
    reference: 'ZV-1150',
    received_at: at(-4),
    client_label: 'Dhr. P. Visser',
    age: 79,
    organisation: 'Waterrand',
    entry_complaint: 'fall',
    question: 'Gevallen, kan niet opstaan',
    postcode: '1013AA',
    registered_by: 'Noor',
    presence: null,
    ...part,
  }
}
export function anAlarm(part: Partial<Alarm> = {}): Alarm {
  return {
    id: 'alarm-1',
    kind: 'unacknowledged',
    visit_id: 'visit-1',
    shift_id: 'shift-3',
    care_request_id: null,
    reference: 'ZV-1139',
    car_name: 'Auto 3',
    note: null,
    raised_at: at(-1),
    acknowledged_at: null,
    acknowledged_by: null,
    step: 'desk_alarm',
    steps: [],
    ...part,
  }
}
export function aBoard(part: Partial<Board> = {}): Board {
  return {
    seq: 10,
    epoch: 'a',
    server_time: at(0),
    night: {
      id: 'night',
      starts_at: at(-194),
      ends_at: at(286),
      plan_version: 1,
      plan_state: 'idle',
      plan_note: null,
      closed_at: null,
      proposal: null,
    },
    waiting: [],
    visits: [],
    cars: [],
    alarms: [],
    changes: [],
    ...part,
  }
}
