import { expect, test } from 'vitest'
import type { Client } from '../server/types'
import {
  chooseClient,
  decisionBody,
  emptyForm,
  fromDraft,
  isWorthKeeping,
  missingForDecision,
  missingForRequest,
  needsEmergency,
  requestBody,
  type IntakeForm,
} from './form'

let n = 0
const aForm = (part: Partial<IntakeForm> = {}): IntakeForm => ({
  ...emptyForm(() => `id-${(n += 1)}`, '2026-11-22T01:14:00Z'),
  ...part,
})
const safe = { airway: 'safe', breathing: 'safe', circulation: 'safe', disability: 'safe' } as const
const decided = (part: Partial<IntakeForm> = {}) =>
  aForm({
    abcd: { ...safe },
    proposed_urgency: 'U3',
    final_urgency: 'U3',
    criterion_id: 'rule-4',
    outcome: 'visit',
    service_minutes: 30,
    counterfactual: 'unknown',
    ...part,
  })
const fields = (list: { field: string }[]) => list.map((item) => item.field)

test('an empty form names what the question needs, and nothing more', () => {
  expect(fields(missingForRequest(aForm()))).toEqual(['client', 'callback_number', 'question', 'entry_complaint'])
})

test('an unknown client needs a name or a description', () => {
  const form = aForm({
    is_unknown_client: true,
    callback_number: '0612345678',
    question: 'Help',
    entry_complaint: 'fall',
  })
  expect(fields(missingForRequest(form))).toEqual(['unknown_name'])
  form.unknown.name = 'Mevrouw achter de bakker'
  expect(missingForRequest(form)).toEqual([])
  expect(requestBody(form)['client_id']).toBe(form.unknown.id)
})

test('no decision without ABCD', () => {
  expect(fields(missingForDecision(decided({ abcd: { ...safe, breathing: '' } })))).toEqual(['abcd'])
})

test.each(['U0', 'U1'] as const)('%s cannot be recorded without the time of the 112 hand-over', (urgency) => {
  const form = decided({ final_urgency: urgency, proposed_urgency: urgency, outcome: 'emergency_call' })
  expect(needsEmergency(form)).toBe(true)
  expect(fields(missingForDecision(form))).toEqual(['handed_over_at', 'handed_over_to'])
})

test('one unsafe letter turns everything into the 112 path, whatever the urgency says', () => {
  expect(needsEmergency(decided({ abcd: { ...safe, circulation: 'unsafe' } }))).toBe(true)
})

test('another urgency than proposed needs a reason', () => {
  expect(fields(missingForDecision(decided({ final_urgency: 'U2' })))).toEqual(['change_code'])
  const body = decisionBody(decided({ final_urgency: 'U2', change_code: 'alarm_signal' }), null)
  expect(body['change_reason']).toEqual({ code: 'alarm_signal', text: null })
  expect(body).toMatchObject({ proposed_urgency: 'U3', final_urgency: 'U2' })
})

test.each([
  ['phone_advice', ['advice', 'safety_net']],
  ['visit', []],
  ['refer_gp_post', ['referral_target', 'referral_person', 'referral_at']],
  ['refer_crisis_team', ['referral_target', 'referral_person', 'referral_at']],
  ['refer_own_gp', ['referral_target', 'referral_person', 'referral_at']],
  ['refer_own_organisation', ['referral_target', 'referral_person', 'referral_at']],
  ['not_night_care', ['alternative']],
] as const)('the outcome %s asks exactly for %j', (outcome, asked) => {
  expect(fields(missingForDecision(decided({ outcome })))).toEqual(asked)
})

test('nobody answers at night: then the reason why nobody was reached is enough', () => {
  expect(
    missingForDecision(
      decided({ outcome: 'refer_own_gp', referral_target: 'Huisarts Smit', not_reached_reason: 's nachts dicht' }),
    ),
  ).toEqual([])
})

test('a visit against the meetlat is explained', () => {
  expect(fields(missingForDecision(decided({ verdict: 'out_of_scope' })))).toEqual(['scope_override_reason'])
})

test('a decision sends only what belongs to its outcome', () => {
  const body = decisionBody(decided({ alternative: 'left over', handed_over_to: 'left over' }), {
    id: 'catheter',
    version: 1,
  })
  expect(body).toMatchObject({
    needs_hands: true,
    service_minutes: 30,
    cars_needed: 1,
    pathway_id: 'catheter',
    pathway_version: 1,
  })
  for (const key of ['alternative', 'emergency', 'referral', 'change_reason']) expect(body).not.toHaveProperty(key)
})

test('a draft comes back as it was, also one of an older version of the screen', () => {
  const form = aForm({ question: 'Hij loopt niet meer', answers: { pain: 'yes' } })
  const back = fromDraft(JSON.parse(JSON.stringify(form)) as Record<string, unknown>, aForm())
  expect(back).toEqual(form)
  const old = fromDraft({ question: 'Oud', abcd: { airway: 'safe' } }, aForm())
  expect(old.question).toBe('Oud')
  expect(old.abcd).toEqual({ airway: 'safe', breathing: '', circulation: '', disability: '' })
  expect(old.alarm_signals).toEqual([])
})

test('an untouched form is not worth a draft, one letter is', () => {
  expect(isWorthKeeping(aForm())).toBe(false)
  expect(isWorthKeeping(aForm({ question: 'K' }))).toBe(true)
})

test('the chosen client brings a number along, but never over one that was typed', () => {
  const client = { id: 'c', name: 'Mw. J. de Groot', phone: '0201234567', funding_law: 'wlz' } as Client
  const empty = aForm()
  chooseClient(empty, client)
  expect(empty).toMatchObject({
    client_id: 'c',
    callback_number: '0201234567',
    funding_law: 'wlz',
    caller_name: 'Mw. J. de Groot',
  })
  const typed = aForm({ callback_number: '0611111111', caller_relation: 'informal_carer' })
  chooseClient(typed, client)
  expect(typed).toMatchObject({ callback_number: '0611111111', caller_name: '' })
})

test('without a proposal none is sent: what the triagist chose is not passed off as one', () => {
  expect(decisionBody(decided({ proposed_urgency: '' }), null)).toMatchObject({
    proposed_urgency: null,
    final_urgency: 'U3',
  })
})

test('a law that is not known here leaves what is known elsewhere as it is', () => {
  expect(decisionBody(decided(), null)['funding_law']).toBeNull()
  expect(decisionBody(decided({ funding_law: 'wlz' }), null)['funding_law']).toBe('wlz')
})
