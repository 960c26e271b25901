/** What the server says is wrong, at the field where it was typed. */
import { fieldError } from '../server/nl'

/** The server names fields as it knows them ("caller.callback_number"); the form shows them where they are typed. */
export function fieldErrors(errors: Record<string, unknown>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [field, what] of Object.entries(errors)) {
    const last = field.split('.').at(-1) ?? field
    const name = ALIASES[field] ?? ALIASES[last] ?? last
    if (Array.isArray(what)) found[name] = what.map((code) => fieldError(String(code))).join(' ')
    else if (typeof what === 'string') found[name] = fieldError(what)
    else if (what && typeof what === 'object') Object.assign(found, fieldErrors(what as Record<string, unknown>))
  }
  return found
}
const ALIASES: Record<string, string> = {
  client_id: 'client',
  name: 'caller_name',
  'change_reason.text': 'change_text',
  'change_reason.code': 'change_code',
  proposed_urgency: 'final_urgency',
  target: 'referral_target',
  scope_criterion_id: 'criterion_id',
  change_reason: 'change_code',
  person_reached: 'referral_person',
  spoken_at: 'referral_at',
  family_name: 'unknown_name',
}
