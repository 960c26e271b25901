/** The desk's own Dutch: one place for labels and for the sentence behind every code. */
import { addSentences, OUTCOME_WORDS, PROCEDURE_WORDS } from '$shared/nl'
import { clock, minutes } from '$shared/time'
import type { Alarm, AlarmKind, BoardVisit, Change, Params, Reason, Rejected, Urgency, VisitStatus } from './types'

const str = (value: unknown, otherwise = ''): string =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : otherwise
const num = (value: unknown): number => (typeof value === 'number' ? value : Number(value) || 0)
const at = (value: unknown): string => (typeof value === 'string' && value ? clock(value) : 'onbekende tijd')

export const STATUS_WORDS: Record<VisitStatus, string> = {
  open: 'nog geen auto',
  assigned: 'toegewezen, nog niet aangenomen',
  accepted: 'aangenomen',
  under_way: 'rijdt',
  on_scene: 'ter plaatse',
  done: 'klaar',
  cancelled: 'vervallen',
}
/** A planned visit on a route is not waiting for anybody's yes. */
export const statusText = (visit: Pick<BoardVisit, 'status' | 'kind'>): string =>
  visit.status === 'assigned' && visit.kind === 'planned' ? 'op de route' : STATUS_WORDS[visit.status]
export const CAR_STATE_WORDS: Record<string, string> = {
  free: 'vrij',
  driving: 'rijdt',
  on_scene: 'ter plaatse',
  resting: 'in pauze',
  off: 'buiten dienst',
}
export const CHANNEL_WORDS: Record<string, string> = {
  phone: 'telefoon',
  alarm: 'alarm',
  gp_post: 'huisartsenpost',
  mka: 'meldkamer',
  portal: 'portaal',
}
export const FUNDING_WORDS: Record<string, string> = {
  zvw: 'Zvw',
  wlz: 'Wlz',
  wmo: 'Wmo',
  other: 'anders',
  unknown: 'nog onbekend',
}
export const COUNTERFACTUAL_WORDS: Record<string, string> = {
  gp_post: 'huisartsenpost',
  emergency_department: 'spoedeisende hulp',
  ambulance: 'ambulance',
  own_gp: 'eigen huisarts, overdag',
  own_organisation: 'eigen organisatie, overdag',
  none: 'niets, het had kunnen wachten',
  unknown: 'niet te zeggen',
}
export const VERDICT_WORDS: Record<string, string> = {
  in_scope: 'nachtzorg',
  out_of_scope: 'geen nachtzorg',
  doubt: 'twijfel',
}
export const ABCD_WORDS: Record<string, { letter: string; label: string; ask: string }> = {
  airway: { letter: 'A', label: 'Ademweg', ask: 'Is de ademweg vrij? Kan de cliënt praten?' },
  breathing: { letter: 'B', label: 'Ademhaling', ask: 'Ademt de cliënt rustig, niet benauwd of blauw?' },
  circulation: { letter: 'C', label: 'Bloedsomloop', ask: 'Geen hevig bloedverlies, niet klam en grauw?' },
  disability: { letter: 'D', label: 'Bewustzijn', ask: 'Aanspreekbaar, geen plotse verwardheid of uitval?' },
}
export const ALARM_SIGNAL_WORDS: Record<string, string> = {
  second_contact: 'tweede keer contact',
  severe_pain_fear: 'hevige pijn, angst of onrust',
  rapid_decline: 'gaat snel achteruit',
  gut_feeling: 'niet-pluisgevoel',
}
export const RISK_GROUP_WORDS: Record<string, string> = {
  frail_elderly: 'kwetsbare oudere',
  palliative: 'palliatief',
  immunocompromised: 'verminderde afweer',
  anticoagulants: 'bloedverdunners',
  diabetes: 'diabetes',
  child: 'kind',
  pregnant: 'zwanger',
}
export const CHANGE_CODES: Record<string, string> = {
  context: 'situatie (alleen, taal, afstand, geen mantelzorg)',
  alarm_signal: 'alarmsignaal',
  risk_group: 'risicogroep',
  gut_feeling: 'niet-pluisgevoel',
  consult: 'na overleg',
  agreed_policy: 'afgesproken beleid',
  other: 'anders',
}
export const OVERRIDE_CODES: Record<string, string> = {
  knows_client: 'Kent deze cliënt',
  nurse_asked: 'De verpleegkundige vroeg erom',
  road_blocked: 'Weg dicht of omleiding',
  spread_work: 'Werk eerlijker verdelen',
  help_other_region: 'Andere regio helpen',
  other: 'Anders, namelijk',
}
export const NAMED_OVERRIDE_CODES: Record<string, string> = {
  doctor_agreed: 'Een arts neemt de verantwoordelijkheid',
  backup_agreed: 'De achterwacht neemt de verantwoordelijkheid',
}
export const OUTCOME_CHOICES: Record<string, string> = {
  phone_advice: 'Telefonisch advies',
  visit: 'Bezoek',
  refer_gp_post: 'Huisartsenpost',
  refer_crisis_team: 'GGZ-crisisdienst',
  refer_own_gp: 'Eigen huisarts (morgen)',
  refer_own_organisation: 'Eigen organisatie (morgen)',
  not_night_care: 'Geen nachtzorg',
}
export const OUTCOME_KEYS: Record<string, string> = {
  phone_advice: 't',
  visit: 'b',
  refer_gp_post: 'h',
  refer_crisis_team: 'g',
  refer_own_gp: 'e',
  refer_own_organisation: 'o',
  not_night_care: 'n',
}
/** Where the address on the map is less sure than the door itself. */
export const UNSURE_PLACES = new Set(['pc6', 'pc4', 'unknown'])
/** Too rough to drive to: about a kilometre, or nothing at all. */
export const isVague = (precision: string): boolean => precision === 'pc4' || precision === 'unknown'
export const PRECISION_WORDS: Record<string, string> = {
  address: 'op het adres',
  pc6: 'op de postcode, ongeveer 35 m',
  pc4: 'alleen op de wijk, ongeveer 1 km',
  pinned: 'met de hand op de kaart gezet',
  unknown: 'nog niet op de kaart',
}

const procedure = (value: unknown): string => PROCEDURE_WORDS[str(value)] ?? str(value, 'deze handeling')
const until = (value: unknown): string => {
  const [year, month, day] = str(value).split('-')
  return year && month ? `${day ? `${day.slice(0, 2)}-` : ''}${month}-${year}` : ''
}

const words = (codes: unknown, labels: Record<string, string>): string =>
  (Array.isArray(codes) ? codes : []).map((code) => labels[str(code)] ?? str(code)).join(', ')
const ABCD_LABELS: Record<string, string> = {
  airway: 'ademweg',
  breathing: 'ademhaling',
  circulation: 'bloedsomloop',
  disability: 'bewustzijn',
}

type Say = (params: Params) => string
const REASONS: Record<string, Say> = {
  only_car: () => 'de enige auto die kan',
  first_there: () => 'het eerst ter plaatse',
  least_detour: () => 'de kleinste omweg',
  in_time: () => 'op tijd',
  late: (p) => `begint ${minutes(num(p['late_s']) / 60)} na de norm`,
  nobody_later: () => 'niemand hoeft langer te wachten',
  others_later: (p) => `${num(p['stops'])} ${num(p['stops']) === 1 ? 'cliënt wacht' : 'cliënten wachten'} langer`,
  other_region: () => 'andere regio',
  not_preferred: () => 'een andere auto heeft de voorkeur',
  wakes_backup: () => 'achterwacht: alleen als het nodig is',
  dearer: () => 'kost de nacht meer rijtijd',
  rules_only: () => 'op afstand gekozen; de planner antwoordt nu niet',
  competence_missing: (p) => `niet bekwaam voor ${procedure(p['procedure'])}`,
  competence_expired: (p) => `bekwaamheid ${procedure(p['procedure'])} verlopen op ${until(p['valid_until'])}`,
  shift_over: (p) => `dienst is voorbij${p['ends_at'] ? ` sinds ${at(p['ends_at'])}` : ''}`,
  shift_not_started: (p) => `dienst begint pas om ${at(p['starts_at'])}`,
  shift_too_short: (p) => `dienst eindigt om ${at(p['ends_at'])}, voor dit bezoek klaar is`,
  backup_asleep: () => 'wekken kost ongeveer 35 min en is alleen voor als niemand anders kan',
  urgency_needs_112: () => 'U0 en U1 zijn voor 112, niet voor een auto',
  visit_is_over: () => 'dit bezoek is al voorbij',
  not_first_choice: () => 'niet de eerste keus; zeg waarom',
  no_skill: (p) => `niet bekwaam voor ${words(p['skills'], PROCEDURE_WORDS) || 'dit bezoek'}`,
  off_shift: () => 'buiten de dienst',
  too_late: (p) => `is er op zijn vroegst om ${at(p['arrive_at'])}; uiterlijk ${at(p['latest_at'])} is nodig`,
  shift_end: (p) => `zou pas om ${at(p['home_at'])} terug zijn; de dienst eindigt om ${at(p['shift_end_at'])}`,
  displaces: () => 'een ander bezoek zou te laat komen',
  full: () => 'past niet meer in deze nacht',
  no_partner: () => 'er is geen tweede auto die dan ook kan',
  backup_not_needed: () => 'nu niet nodig: een andere auto kan',
  costs_more: () => 'kost meer dan het oplevert',
  not_in_time: (p) => `geen auto kan er vóór ${at(p['latest_at'])} zijn`,
  fits: () => 'past, maar is nog niet ingedeeld',
  with_skill: (p) =>
    `kan als ${str(p['car_name'], 'een auto').toLowerCase()} bekwaam was voor ${words(p['skills'], PROCEDURE_WORDS)}`,
  with_later_latest: (p) => `kan als het uiterlijk om ${at(p['latest_at'])} mag beginnen`,
  with_backup: () => 'kan als de achterwacht gewekt wordt',
  with_longer_shift: (p) =>
    `kan als ${str(p['car_name'], 'een auto').toLowerCase()} ${minutes(num(p['longer_s']) / 60)} langer doorrijdt`,
  with_unlock: (p) => `kan als het niet vaststond bij ${str(p['car_name'], 'een auto').toLowerCase()}`,
  with_higher_penalty: () => 'kan, maar kost de nacht meer dan het nu waard is',
  nothing_found: () => 'geen kleine verandering maakt dit mogelijk',
  locked_elsewhere: () => 'het bezoek staat vast bij een andere auto',
  on_break: (p) => (p['until_at'] ? `in pauze tot ${at(p['until_at'])}` : 'heeft dan pauze'),
  break_later: () => 'de pauze schuift op',
  has_other_part: () => 'deze auto gaat al als eerste; er zijn twee auto’s nodig',
  joins: (p) => {
    const apart = Math.round(num(p['later_s']) / 60)
    return apart > 0
      ? `${minutes(apart)} na ${str(p['car_name'], 'de ander').toLowerCase()}`
      : `tegelijk met ${str(p['car_name'], 'de ander').toLowerCase()}`
  },
  pathway: (p) => `begin van zorgpad ${str(p['pathway'])}`,
  abcd_unsafe: (p) => `niet veilig: ${words(p['letters'], ABCD_LABELS)}`,
  abcd_unknown: (p) => `nog niet gevraagd: ${words(p['letters'], ABCD_LABELS)}`,
  alarm_signal: (p) => `alarmsignaal: ${words([p['alarm_signal']], ALARM_SIGNAL_WORDS)}`,
  risk_group: (p) => `risicogroep: ${words(p['risk_groups'], RISK_GROUP_WORDS)}`,
  answer: (p) => `${str(p['question'])} ${str(p['answer'])}`,
}

/** A reason as a short piece of a sentence; an unknown code is shown readable, never hidden. */
export function reasonText(reason: Reason): string {
  const say = REASONS[reason.code]
  if (say !== undefined) return say(reason.params ?? {})
  return str(reason.params?.['text'], reason.code.replaceAll('_', ' '))
}
export const rejectedText = (rejected: Rejected): string =>
  reasonText({ code: rejected.reason, params: rejected.params ?? {} })

export const ALARM_TITLES: Record<AlarmKind, string> = {
  unacknowledged: 'Niet aangenomen',
  nurse_alarm: 'ALARM van de verpleegkundige',
  overdue: 'Te lang binnen',
  late_norm: 'Norm verstreken',
  push_dead: 'Telefoon stil',
  no_car: 'Geen auto gevonden',
}
export function alarmText(alarm: Alarm): string {
  const car = alarm.car_name ?? 'De auto'
  const visit = alarm.reference ?? 'het bezoek'
  switch (alarm.kind) {
    case 'unacknowledged':
      return `${car} heeft ${visit} nog niet aangenomen. Bel de auto.`
    case 'nurse_alarm':
      return `${car} vraagt hulp${alarm.reference ? ` bij ${alarm.reference}` : ''}. Bel nu; geen antwoord is 112.`
    case 'overdue':
      return `${car} is langer dan verwacht bij ${visit}. Bel en vraag of het goed gaat.`
    case 'late_norm':
      if (alarm.step === 'undecided') return `${visit} wacht te lang op een besluit. Trieer nu, of bel terug.`
      return `${visit} is over de norm. Bel de melder terug en trieer opnieuw.`
    case 'push_dead':
      return `${car} hoort geen oproepen. Bel bij elk nieuw bezoek.`
    case 'no_car':
      return `Voor ${visit} is geen auto gevonden. Wek de achterwacht of kies een andere uitkomst.`
  }
}

const visitIn = (p: Params): string => str(p['reference'], 'een gepland bezoek')
const carIn = (p: Params): string => str(p['car_name'], 'De auto')
const RECEIPT_WORDS: Record<string, string> = {
  read: 'gelezen',
  taken_over: 'overgenomen',
  question: 'heeft een vraag',
  rejected: 'niet akkoord',
}
const PROPOSAL_ANSWERS: Record<string, string> = {
  ready: 'Planvoorstel klaar om te bekijken',
  nothing_better: 'Er is geen beter plan',
  failed: 'Zoeken naar een beter plan is niet gelukt',
  overtaken: 'Planvoorstel verouderd: de nacht is veranderd',
}
const PROPOSAL_DECISIONS: Record<string, string> = {
  accepted: 'Planvoorstel aangenomen',
  declined: 'Planvoorstel afgewezen',
  cancelled: 'Zoeken naar een beter plan gestopt',
  undone: 'Planvoorstel teruggezet',
}
const BREAK_WORDS: Record<string, string> = {
  planned: 'pauze gepland',
  changed: 'pauze gewijzigd',
  started: 'heeft pauze',
  ended: 'terug van pauze',
  cancelled: 'pauze vervalt',
}
const CHANGES: Record<string, Say> = {
  care_request_registered: (p) =>
    `${str(p['reference'], 'Zorgvraag')} genoteerd${p['by'] ? ` door ${str(p['by'])}` : ''}`,
  triage_decided: (p) =>
    `${str(p['reference'], 'Zorgvraag')}: ${[str(p['urgency']), OUTCOME_WORDS[str(p['outcome'])] ?? ''].filter(Boolean).join(', ')}`,
  visit_opened: (p) => `${visitIn(p)} wacht op een auto`,
  visit_changed: (p) => `${visitIn(p)} gewijzigd${p['urgency'] ? `: ${str(p['urgency'])}` : ''}`,
  visit_assigned: (p) => `${carIn(p)} gaat naar ${visitIn(p)}${p['is_by_plan'] ? ' (route)' : ''}`,
  visit_withdrawn: (p) => `${visitIn(p)} teruggenomen van ${carIn(p)}`,
  visit_cancelled: (p) => `${visitIn(p)} vervallen`,
  visit_locked: (p) => `${visitIn(p)} ${p['is_locked'] ? 'vastgezet' : 'losgelaten'}`,
  visit_accepted: (p) => `${carIn(p)} neemt ${visitIn(p)} aan`,
  nurse_departed: (p) => `${carIn(p)} rijdt naar ${visitIn(p)}`,
  nurse_arrived: (p) => `${carIn(p)} ter plaatse bij ${visitIn(p)}`,
  visit_finished: (p) => `${carIn(p)} klaar bij ${visitIn(p)}`,
  late_fact_kept: (p) => `Laat bericht van ${carIn(p)} over ${visitIn(p)} bewaard`,
  visit_reported: (p) => `${p['is_late'] ? 'Laat verslag' : 'Verslag'} van ${visitIn(p)} binnen`,
  night_planned: (p) => `Routes vernieuwd${num(p['moved']) ? `, ${num(p['moved'])} verschoven` : ''}`,
  plan_failed: () => 'Routes niet vernieuwd; de oude blijven staan',
  proposal_asked: (p) => `Beter plan gevraagd${p['by'] ? ` door ${str(p['by'])}` : ''}`,
  proposal_answered: (p) => PROPOSAL_ANSWERS[str(p['state'])] ?? 'Planvoorstel beantwoord',
  proposal_decided: (p) =>
    `${PROPOSAL_DECISIONS[str(p['state'])] ?? 'Planvoorstel afgehandeld'}${p['by'] ? ` door ${str(p['by'])}` : ''}`,
  backup_woken: (p) => `${str(p['car_name'], 'Achterwacht')} gewekt`,
  break_changed: (p) => `${carIn(p)}: ${BREAK_WORDS[str(p['what'])] ?? 'pauze gewijzigd'}`,
  alarm_raised: (p) =>
    `Alarm: ${ALARM_TITLES[str(p['kind']) as AlarmKind] ?? 'kijk op het bord'}${p['reference'] ? `, ${str(p['reference'])}` : ''}`,
  alarm_escalated: (p) => `Alarm loopt door${p['reference'] ? `, ${str(p['reference'])}` : ''}`,
  alarm_acknowledged: (p) => `Alarm gezien${p['by'] ? ` door ${str(p['by'])}` : ''}`,
  client_merged: () => 'Onbekende cliënt gekoppeld',
  command_refused: () => 'Een bericht van een telefoon is geweigerd; de verpleegkundige ziet waarom',
  night_closed: (p) => `Nacht gesloten: ${num(p['handovers'])} overdrachten`,
  handover_unread: (p) =>
    `${str(p['organisation'], 'Een organisatie')} heeft de overdracht nog niet gelezen. Bel even.`,
  handover_answered: (p) =>
    `${str(p['organisation'], 'Een organisatie')} antwoordt${p['reference'] ? ` op ${str(p['reference'])}` : ''}: ${RECEIPT_WORDS[str(p['status'])] ?? 'zie de overdracht'}`,
}
export function changeText(change: Change): string {
  const say = CHANGES[change.text_code]
  return say ? say(change.params) : str(change.params['text'], change.text_code.replaceAll('_', ' '))
}

export const NORM_WORDS: Record<Urgency, string> = {
  U0: '112',
  U1: '112',
  U2: 'zo snel mogelijk',
  U3: 'binnen enkele uren',
  U4: 'vannacht',
  U5: 'gepland',
}

export function teachSentences(): void {
  addSentences({
    already_assigned: (d) =>
      `${str(d['by'], 'Een collega')} was iets eerder: ${str(d['car_name'], 'een andere auto').toLowerCase()} gaat al${
        d['at'] ? `, sinds ${at(d['at'])}` : ''
      }. Het bord is bijgewerkt.`,
    may_not_assign: (d) => {
      const why = (Array.isArray(d['reasons']) ? (d['reasons'] as Reason[]) : []).map(reasonText)
      return `Deze auto mag niet: ${why.join('; ') || reasonText({ code: str(d['reason'], 'full') })}.`
    },
    version_changed: 'Dit bezoek is intussen veranderd. Het bord is bijgewerkt; kijk nog eens en kies opnieuw.',
    visit_is_over: 'Dit bezoek is al klaar of vervallen.',
    nurse_is_there: 'De verpleegkundige is al onderweg of binnen. Bel haar; vanaf hier kan dit niet meer.',
    not_assigned: 'Dit bezoek heeft geen auto (meer).',
    night_is_closed: 'Deze nacht is gesloten. Er kan geen auto meer op pad.',
    break_is_over: 'Deze pauze is al geweest of vervallen.',
    nurse_is_busy: 'Zij rijdt of is bij een cliënt. De pauze kan daarna beginnen.',
    has_a_break: 'Deze auto heeft al pauze.',
    status_goes_back: 'Deze stap is al voorbij; een stand gaat nooit terug.',
    already_decided: (d) =>
      `Hierover is al besloten${d['by'] ? ` door ${str(d['by'])}` : ''}${d['at'] ? ` om ${at(d['at'])}` : ''}${
        d['outcome'] ? `: ${OUTCOME_WORDS[str(d['outcome'])] ?? ''}` : ''
      }. Uw concept blijft staan.`,
    care_request_closed: 'Deze vraag is gesloten. Maak een nieuwe zorgvraag.',
    proposal_overtaken: 'De nacht is intussen veranderd. Er is niets verschoven; reken opnieuw.',
    proposal_decided: (d) =>
      `${str(d['by'], 'Een collega')} was iets eerder: het plan is ${d['state'] === 'accepted' ? 'aangenomen' : 'afgehandeld'}.`,
    proposal_not_ready: 'Er is geen plan (meer) om te kiezen. Zoek opnieuw.',
    cannot_undo: (d) =>
      d['reason'] === 'too_late'
        ? 'Dit plan rijdt al langer dan 10 minuten; terugzetten kan niet meer. Stuur zo nodig zelf een andere auto.'
        : 'Alles uit dit plan is al verder; terugzetten kan niet meer. Stuur zo nodig zelf een andere auto.',
    try_later: 'De server is even druk. Probeer het zo nog eens.',
  })
}
export const FIELD_NAMES: Record<string, string> = {
  client: 'cliënt',
  unknown_name: 'naam of omschrijving',
  callback_number: 'terugbelnummer',
  question: 'vraag',
  entry_complaint: 'ingangsklacht',
  abcd: 'ABCD',
  final_urgency: 'urgentie',
  change_code: 'reden van de urgentie',
  change_text: 'toelichting bij de urgentie',
  criterion_id: 'regel van de meetlat',
  scope_override_reason: 'waarom u van de meetlat afwijkt',
  outcome: 'wat er nu gebeurt',
  handed_over_at: 'tijd van overdracht',
  handed_over_to: 'aan wie overgedragen',
  advice: 'advies',
  safety_net: 'vangnet',
  service_minutes: 'minuten zorg',
  alternative: 'wat wel',
  referral_target: 'naar wie',
  referral_person: 'met wie gesproken',
  referral_at: 'wanneer gesproken',
  counterfactual: 'wat het zonder nachtzorg was',
}
export const FIELD_ERRORS: Record<string, string> = {
  outside_shift: 'Deze tijd valt buiten de dienst.',
  outside_night: 'Deze tijd valt buiten de nacht.',
  before_start: 'Dit is niet na het begin.',
  required: 'Vul dit in.',
  choose_client: 'Kies een cliënt, of kies “onbekende cliënt”.',
  abcd_first: 'Eerst ABCD: A, B, C en D.',
  say_why: 'Zeg waarom u afwijkt van het voorstel.',
  hand_over_first: 'Draag eerst over aan 112 of de meldkamer en noteer de tijd.',
  not_a_phone_number: 'Dit is geen telefoonnummer.',
  unknown_entry_complaint: 'Kies een klacht uit de lijst.',
  in_the_future: 'Deze tijd ligt in de toekomst.',
  too_long_ago: 'Dit is te lang geleden.',
  proposal_changed: 'Het voorstel is net veranderd. Kijk nog eens naar de urgentie.',
  too_urgent_to_wait: 'U2 kan niet tot de ochtend wachten.',
  abcd_not_asked: 'Vraag eerst ABCD helemaal uit als de cliënt thuis blijft.',
  abcd_unsafe: 'ABCD is niet veilig: dan is het U0 of U1.',
  emergency_needs_112: 'Dit is voor 112. Draag over en noteer de tijd.',
  not_in_force: 'Deze regel geldt niet meer. Kies een andere.',
  is_night_care: 'Volgens deze regel is dit wel nachtzorg.',
  needs_hands: 'Er zijn handen nodig; dan is telefonisch advies niet genoeg.',
  visit_needs_a_place: 'Voor een bezoek is een adres nodig.',
  out_of_range: 'Deze waarde kan niet.',
  not_a_number: 'Vul een getal in.',
  not_an_option: 'Kies een van de antwoorden.',
  not_yes_or_no: 'Kies ja of nee.',
  not_a_postcode: 'Dit is geen postcode.',
  unknown: 'Dit is niet bekend.',
}
/** What the server or the form says of one field; a server's own words are kept when we have none. */
export const fieldError = (code: string): string => FIELD_ERRORS[code] ?? code
