/** A planned visit as plain data: what the form starts with, what is still missing, and what goes to the server. */
import { clock } from '$shared/time'
import { momentInNight, type Hours } from '../board/moments'

export interface PlannedForm {
  id: string
  client_id: string | null
  title: string
  from: string
  until: string
  service_minutes: number | null
  required_competences: string[]
  cars_needed: number
}

const MINUTE = 60_000
const QUARTER = 15 * MINUTE

/** From the next quarter of an hour, for two hours, within the night. */
export function emptyPlanned(id: string, night: Hours, now: number): PlannedForm {
  const end = Date.parse(night.ends_at)
  const from = Math.min(Math.max(Math.ceil(now / QUARTER) * QUARTER, Date.parse(night.starts_at)), end)
  return {
    id,
    client_id: null,
    title: '',
    from: clock(from),
    until: clock(Math.min(from + 120 * MINUTE, end)),
    service_minutes: 30,
    required_competences: [],
    cars_needed: 1,
  }
}

export function missingForPlanned(form: PlannedForm, night: Hours): Record<string, string> {
  const missing: Record<string, string> = {}
  if (form.client_id === null) missing['client'] = 'choose_client'
  if (form.title.trim() === '') missing['title'] = 'required'
  if (form.service_minutes === null || form.service_minutes < 5 || form.service_minutes > 240)
    missing['service_minutes'] = 'out_of_range'
  const [from, until] = [momentInNight(form.from, night), momentInNight(form.until, night)]
  if (from === null) missing['window_start'] = 'outside_night'
  if (until === null) missing['window_end'] = 'outside_night'
  else if (from !== null && until <= from) missing['window_end'] = 'before_start'
  return missing
}

export function plannedBody(form: PlannedForm, night: Hours): Record<string, unknown> {
  return {
    id: form.id,
    client_id: form.client_id,
    title: form.title.trim(),
    window_start: momentInNight(form.from, night),
    window_end: momentInNight(form.until, night),
    service_minutes: form.service_minutes,
    required_competences: form.required_competences,
    cars_needed: form.cars_needed,
  }
}
