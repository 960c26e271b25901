/** The intake and triage form as plain data: what it starts with, what is still missing, and what goes to the server. */
import type {
  AbcdAnswer,
  AbcdKey,
  AlarmSignal,
  CareRequestBody,
  ChangeCode,
  Channel,
  Client,
  Competence,
  Counterfactual,
  DecisionBody,
  FundingLaw,
  IntakeDraft,
  Outcome,
  ProvisionalClientBody,
  Relation,
  RiskGroup,
  Urgency,
  Verdict,
} from '../server/types'

export const ABCD: AbcdKey[] = ['airway', 'breathing', 'circulation', 'disability']
export type Answer = boolean | number | string

export interface IntakeForm {
  request_id: string
  decision_id: string
  /** The decision that this one replaces, when the question is triaged again. */
  supersedes_id: string | null
  /** Filled as soon as the server knows the question: from then on only the triage part can change. */
  reference: string | null
  received_at: string
  channel: Channel
  client_id: string | null
  client_label: string | null
  is_unknown_client: boolean
  unknown: UnknownClient
  caller_name: string
  caller_relation: Relation
  callback_number: string
  is_with_client: boolean | null
  question: string
  entry_complaint: string
  onset: string
  measures_taken: string
  location_note: string
  contact_72h_checked: boolean
  abcd: Record<AbcdKey, AbcdAnswer | ''>
  answers: Record<string, Answer>
  alarm_signals: AlarmSignal[]
  risk_groups: RiskGroup[]
  proposed_urgency: Urgency | ''
  final_urgency: Urgency | ''
  change_code: ChangeCode | ''
  change_text: string
  criterion_id: string
  verdict: Verdict | ''
  scope_override_reason: string
  outcome: Outcome | ''
  advice: string
  safety_net: string
  required_competences: Competence[]
  service_minutes: number | null
  cars_needed: number
  referral_target: string
  referral_person: string
  referral_at: string
  not_reached_reason: string
  handed_over_to: string
  handed_over_at: string
  alternative: string
  counterfactual: Counterfactual | ''
  funding_law: FundingLaw
}
export interface UnknownClient {
  id: string
  name: string
  birth_date: string
  phone: string
  postcode: string
  house_number: string
  addition: string
  street: string
  city: string
}

export function emptyForm(newId: () => string, nowIso: string): IntakeForm {
  return {
    request_id: newId(),
    decision_id: newId(),
    supersedes_id: null,
    reference: null,
    received_at: nowIso,
    channel: 'phone',
    client_id: null,
    client_label: null,
    is_unknown_client: false,
    unknown: {
      id: newId(),
      name: '',
      birth_date: '',
      phone: '',
      postcode: '',
      house_number: '',
      addition: '',
      street: '',
      city: '',
    },
    caller_name: '',
    caller_relation: 'client',
    callback_number: '',
    is_with_client: true,
    question: '',
    entry_complaint: '',
    onset: '',
    measures_taken: '',
    location_note: '',
    contact_72h_checked: false,
    abcd: { airway: '', breathing: '', circulation: '', disability: '' },
    answers: {},
    alarm_signals: [],
    risk_groups: [],
    proposed_urgency: '',
    final_urgency: '',
    change_code: '',
    change_text: '',
    criterion_id: '',
    verdict: '',
    scope_override_reason: '',
    outcome: '',
    advice: '',
    safety_net: '',
    required_competences: [],
    service_minutes: null,
    cars_needed: 1,
    referral_target: '',
    referral_person: '',
    referral_at: '',
    not_reached_reason: '',
    handed_over_to: '',
    handed_over_at: '',
    alternative: '',
    counterfactual: '',
    funding_law: 'unknown',
  }
}

/** A draft comes back from the server as loose JSON; what it lacks is filled from an empty form, so old drafts stay readable. */
export function fromDraft(body: IntakeDraft['body'], empty: IntakeForm): IntakeForm {
  const kept = Object.entries(body).filter(([key, value]) => key in empty && value !== null)
  const draft = Object.fromEntries(kept) as Partial<IntakeForm>
  return {
    ...empty,
    ...draft,
    unknown: { ...empty.unknown, ...draft.unknown },
    abcd: { ...empty.abcd, ...draft.abcd },
  }
}

/** Has anything been typed that would be a loss? */
export function isWorthKeeping(form: IntakeForm): boolean {
  return Boolean(
    form.reference ||
    form.client_id ||
    form.question ||
    form.caller_name ||
    form.callback_number ||
    form.entry_complaint ||
    form.unknown.name ||
    form.unknown.postcode ||
    form.unknown.phone,
  )
}

export const isAbcdUnsafe = (form: IntakeForm): boolean => ABCD.some((key) => form.abcd[key] === 'unsafe')
export const isAbcdAnswered = (form: IntakeForm): boolean => ABCD.every((key) => form.abcd[key] !== '')
/** U0 and U1, or an unsafe ABCD: no nurse's car, 112 now. */
export const needsEmergency = (form: IntakeForm): boolean =>
  isAbcdUnsafe(form) || form.final_urgency === 'U0' || form.final_urgency === 'U1'

export const REFERRALS: Outcome[] = ['refer_gp_post', 'refer_crisis_team', 'refer_own_gp', 'refer_own_organisation']

/** The client brings along what is known, but never over what has been typed. */
export function chooseClient(form: IntakeForm, client: Client): void {
  form.client_id = client.id
  form.client_label = client.name
  form.is_unknown_client = false
  form.funding_law = client.funding_law || 'unknown'
  if (form.callback_number === '' && client.phone) form.callback_number = client.phone
  if (form.caller_name === '' && form.caller_relation === 'client') form.caller_name = client.name
}

export type Missing = { field: string; code: string }

/** What the question still needs before it can get its number. */
export function missingForRequest(form: IntakeForm): Missing[] {
  const missing: Missing[] = []
  if (form.client_id === null && !form.is_unknown_client) missing.push({ field: 'client', code: 'choose_client' })
  if (form.is_unknown_client && form.unknown.name.trim() === '')
    missing.push({ field: 'unknown_name', code: 'required' })
  if (form.callback_number.trim() === '') missing.push({ field: 'callback_number', code: 'required' })
  if (form.question.trim() === '') missing.push({ field: 'question', code: 'required' })
  if (form.entry_complaint === '') missing.push({ field: 'entry_complaint', code: 'required' })
  return missing
}

/** What the decision still needs: exactly the fields that belong to the chosen outcome. */
export function missingForDecision(form: IntakeForm): Missing[] {
  const missing: Missing[] = []
  const need = (field: string, value: unknown, code = 'required') => {
    if (value === '' || value === null || (typeof value === 'string' && value.trim() === ''))
      missing.push({ field, code })
  }
  const emergency = needsEmergency(form)
  if (!emergency && !isAbcdAnswered(form)) missing.push({ field: 'abcd', code: 'abcd_first' })
  need('final_urgency', form.final_urgency)
  if (form.proposed_urgency !== '' && form.final_urgency !== form.proposed_urgency)
    need('change_code', form.change_code, 'say_why')
  need('outcome', form.outcome)
  if (form.change_code === 'other' && form.final_urgency !== form.proposed_urgency)
    need('change_text', form.change_text)
  if (!emergency) need('criterion_id', form.criterion_id)
  // Sending a car against the meetlat is allowed, and always explained.
  if (form.verdict === 'out_of_scope' && form.outcome === 'visit')
    need('scope_override_reason', form.scope_override_reason, 'say_why')
  switch (form.outcome) {
    case 'emergency_call':
      need('handed_over_at', form.handed_over_at, 'hand_over_first')
      need('handed_over_to', form.handed_over_to)
      break
    case 'phone_advice':
      need('advice', form.advice)
      need('safety_net', form.safety_net)
      break
    case 'visit':
      need('service_minutes', form.service_minutes)
      break
    case 'not_night_care':
      need('alternative', form.alternative)
      break
    case 'refer_gp_post':
    case 'refer_crisis_team':
    case 'refer_own_gp':
    case 'refer_own_organisation':
      need('referral_target', form.referral_target)
      if (form.not_reached_reason.trim() === '') {
        need('referral_person', form.referral_person)
        need('referral_at', form.referral_at)
      }
      break
  }
  need('counterfactual', form.counterfactual)
  return missing
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())

export function requestBody(form: IntakeForm): CareRequestBody {
  return {
    id: form.request_id,
    client_id: form.is_unknown_client ? form.unknown.id : form.client_id,
    channel: form.channel,
    received_at: form.received_at,
    caller: {
      name: form.caller_name.trim(),
      relation: form.caller_relation,
      callback_number: form.callback_number.trim(),
      is_with_client: form.is_with_client,
    },
    question: form.question.trim(),
    entry_complaint: form.entry_complaint,
    onset: orNull(form.onset),
    measures_taken: orNull(form.measures_taken),
    location_note: orNull(form.location_note),
    contact_72h_checked: form.contact_72h_checked,
  }
}

export function provisionalBody(form: IntakeForm): ProvisionalClientBody {
  const { unknown } = form
  return {
    id: unknown.id,
    family_name: unknown.name.trim(),
    birth_date: orNull(unknown.birth_date),
    phone: orNull(unknown.phone) ?? orNull(form.callback_number),
    street: unknown.street.trim(),
    house_number: /^\d+$/.test(unknown.house_number.trim()) ? Number(unknown.house_number) : null,
    addition: unknown.addition.trim(),
    postcode: orNull(unknown.postcode.replace(/\s/g, '').toUpperCase()),
    city: unknown.city.trim(),
  }
}

/** What was not asked yet is unknown. */
export const abcdBody = ({ abcd }: Pick<IntakeForm, 'abcd'>): DecisionBody['abcd'] => ({
  airway: abcd.airway || 'unknown',
  breathing: abcd.breathing || 'unknown',
  circulation: abcd.circulation || 'unknown',
  disability: abcd.disability || 'unknown',
})

/** Only for a form that misses nothing any more. */
export function decisionBody(form: IntakeForm, pathway: { id: string; version: number } | null): DecisionBody {
  const { outcome: out, final_urgency } = form
  if (out === '' || final_urgency === '') throw new Error('nothing was decided')
  const body: DecisionBody = {
    id: form.decision_id,
    ...(form.supersedes_id ? { supersedes_id: form.supersedes_id } : {}),
    abcd: abcdBody(form),
    answers: form.answers,
    alarm_signals: form.alarm_signals,
    risk_groups: form.risk_groups,
    pathway_id: pathway?.id ?? null,
    pathway_version: pathway?.version ?? null,
    // Null says that none was shown: what the triagist chose is not passed off as a proposal.
    proposed_urgency: form.proposed_urgency || null,
    final_urgency,
    scope_criterion_id: out === 'emergency_call' ? null : form.criterion_id || null,
    scope_verdict: out === 'emergency_call' ? null : form.verdict || null,
    outcome: out,
    needs_hands: out === 'visit',
    required_competences: out === 'visit' ? form.required_competences : [],
    counterfactual: form.counterfactual || null,
    // "Nog onbekend" is no news: it does not wipe out what somebody else knows.
    funding_law: form.funding_law === 'unknown' ? null : form.funding_law,
  }
  if (form.change_code !== '' && form.proposed_urgency !== '' && final_urgency !== form.proposed_urgency) {
    body.change_reason = { code: form.change_code, text: orNull(form.change_text) }
  }
  if (form.scope_override_reason.trim()) body.scope_override_reason = form.scope_override_reason.trim()
  if (form.advice.trim()) body.advice = form.advice.trim()
  if (form.safety_net.trim()) body.safety_net = form.safety_net.trim()
  if (out === 'visit') {
    body.service_minutes = form.service_minutes
    body.cars_needed = form.cars_needed
  }
  if (out === 'emergency_call') {
    body.emergency = { handed_over_at: form.handed_over_at, handed_over_to: form.handed_over_to.trim() }
  }
  if (REFERRALS.includes(out)) {
    body.referral = {
      target: orNull(form.referral_target),
      person_reached: orNull(form.referral_person),
      spoken_at: form.referral_at || null,
      not_reached_reason: orNull(form.not_reached_reason),
    }
  }
  if (out === 'not_night_care') body.alternative = form.alternative.trim()
  return body
}
