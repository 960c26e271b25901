/** A planned visit as plain data: what the form starts with, what is still missing, and what goes to the server. */
import { clock } from '$shared/time'
import { momentInNight, type Hours } from '../board/moments'
import type { Competence, PlannedBody } from '../server/types'

export interface PlannedForm {
  id: string
  client_id: string | null
  title: string
  from: string
  until: string
  service_minutes: number | null
  required_competences: Competence[]
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

/** What goes to the server, or what is missing, by field. */
export function plannedBody(
  form: PlannedForm,
  night: Hours,
): { body: PlannedBody; errors: null } | { body: null; errors: Record<string, string> } {
  const errors: Record<string, string> = {}
  if (form.client_id === null) errors['client'] = 'choose_client'
  if (form.title.trim() === '') errors['title'] = 'required'
  if (form.service_minutes === null || form.service_minutes < 5 || form.service_minutes > 240)
    errors['service_minutes'] = 'out_of_range'
  const [from, until] = [momentInNight(form.from, night), momentInNight(form.until, night)]
  if (from === null) errors['window_start'] = 'outside_night'
  if (until === null) errors['window_end'] = 'outside_night'
  else if (from !== null && until <= from) errors['window_end'] = 'before_start'
  const { id, client_id, title, service_minutes, required_competences, cars_needed } = form
  if (from === null || until === null || client_id === null || service_minutes === null || Object.keys(errors).length)
    return { body: null, errors }
  const body = { id, client_id, title: title.trim(), window_start: from, window_end: until, service_minutes }
  return { body: { ...body, required_competences, cars_needed }, errors: null }
}
