/** Takes a question that already has its number into the triage screen. */
import { attempt } from '../board/attempt'
import { api } from '../server/api'
import { writing } from './writing.svelte'
import type { IntakeForm } from './form'
import type { AlarmSignal, CareRequest, Competence, RiskGroup } from '../server/types'

export async function openTriage(careRequestId: string): Promise<void> {
  const draft = writing.drafts.find((item) => item.id === careRequestId)
  if (draft) return writing.resume(draft)
  const request = await attempt(() => api.careRequest(careRequestId))
  if (request) writing.form = formOf(request, writing.blank())
}

/** Once more, because it takes long or got worse: ABCD is asked again, the rest starts from what was known. */
export async function triageAgain(careRequestId: string): Promise<void> {
  const found = await attempt(() => Promise.all([api.careRequest(careRequestId), api.decisions(careRequestId)]))
  const current = found?.[1].triage_decisions.at(-1)
  if (!found || !current) return
  writing.form = {
    ...formOf(found[0], writing.blank()),
    supersedes_id: current.id,
    answers: { ...(current.answers as IntakeForm['answers']) },
    // Codes that went out as such come back as plain words in the API document.
    alarm_signals: [...(current.alarm_signals as AlarmSignal[])],
    risk_groups: [...(current.risk_groups as RiskGroup[])],
    criterion_id: current.scope_criterion_id ?? '',
    verdict: current.scope_verdict ?? '',
    required_competences: [...(current.required_competences as Competence[])],
    service_minutes: current.service_minutes,
    cars_needed: current.cars_needed,
  }
}

function formOf(request: CareRequest, empty: IntakeForm): IntakeForm {
  return {
    ...empty,
    request_id: request.id,
    reference: request.reference,
    received_at: request.received_at,
    channel: request.channel,
    client_id: request.client_id,
    client_label: null,
    caller_name: request.caller.name ?? '',
    caller_relation: request.caller.relation,
    callback_number: request.caller.callback_number,
    is_with_client: request.caller.is_with_client,
    question: request.question,
    entry_complaint: request.entry_complaint,
    onset: request.onset ?? '',
    measures_taken: request.measures_taken ?? '',
    location_note: request.location_note ?? '',
    contact_72h_checked: request.contact_72h_checked,
  }
}
