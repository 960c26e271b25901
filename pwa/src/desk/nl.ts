/** The desk's own Dutch: one place for labels and for the sentence behind every code. */
import { addSentences, PROCEDURE_WORDS } from '$shared/nl'
import { clock, drive, minutes } from '$shared/time'
import type { Alarm, AlarmKind, Change, Params, Reason, Rejected, Urgency, VisitStatus } from './types'

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
export const CAR_STATE_WORDS: Record<string, string> = {
  free: 'vrij',
  driving: 'rijdt',
  on_scene: 'ter plaatse',
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
  visit: 'Bezoek door een auto',
  refer_gp_post: 'Naar de huisartsenpost',
  refer_crisis_team: 'Naar de GGZ-crisisdienst',
  refer_own_gp: 'Eigen huisarts, morgenochtend',
  refer_own_organisation: 'Eigen organisatie, morgenochtend',
  not_night_care: 'Geen nachtzorg, wel een alternatief',
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
export const PRECISION_WORDS: Record<string, string> = {
  address: 'op het adres',
  pc6: 'op de postcode (ongeveer 35 m)',
  pc4: 'alleen op de wijk (ongeveer 1 km)',
  pinned: 'met de hand op de kaart gezet',
  unknown: 'plaats onbekend',
}

const procedure = (value: unknown): string => PROCEDURE_WORDS[str(value)] ?? str(value, 'deze handeling')
const until = (value: unknown): string => {
  const [year, month, day] = str(value).split('-')
  return year && month ? `${day ? `${day.slice(0, 2)}-` : ''}${month}-${year}` : ''
}
const km = (metres: unknown): string => `${(num(metres) / 1000).toFixed(1).replace('.', ',')} km`

type Say = (params: Params) => string
const REASONS: Record<string, Say> = {
  nearest: () => 'het eerst ter plaatse',
  first_there: () => 'het eerst ter plaatse',
  own_region: () => 'eigen regio',
  same_region: () => 'eigen regio',
  other_region: (p) => (p['region_name'] ? `andere regio (rijdt voor ${str(p['region_name'])})` : 'andere regio'),
  spill_over: () => 'andere regio',
  competent: (p) =>
    `bekwaam voor ${procedure(p['procedure'])}${p['valid_until'] ? ` tot ${until(p['valid_until'])}` : ''}`,
  competence: (p) => REASONS['competent']!(p),
  competence_missing: (p) => `niet bekwaam voor ${procedure(p['procedure'])}`,
  competence_expired: (p) => `bekwaamheid ${procedure(p['procedure'])} verlopen op ${until(p['valid_until'])}`,
  shift_over: (p) => `dienst is voorbij${p['ends_at'] ? ` sinds ${at(p['ends_at'])}` : ''}`,
  shift_not_started: (p) => `dienst begint pas om ${at(p['starts_at'])}`,
  shift_too_short: (p) => `dienst eindigt om ${at(p['ends_at'])}, voor dit bezoek klaar is`,
  backup_asleep: () => 'slaapt; wekken kost ongeveer 35 min',
  backup: () => 'achterwacht: alleen als het nodig is',
  backup_needed: () => 'achterwacht: er is geen andere auto op tijd',
  urgency_needs_112: () => 'U0 en U1 zijn voor 112, niet voor een auto',
  visit_is_over: () => 'dit bezoek is al voorbij',
  not_first_choice: () => 'niet de eerste keus',
  on_time: () => 'op tijd',
  in_time: () => 'op tijd',
  late: (p) => `${minutes(num(p['late_s'] ?? p['s']) / 60)} na de norm`,
  too_late: (p) => (p['late_s'] ? `zou ${minutes(num(p['late_s']) / 60)} te laat zijn` : 'zou te laat komen'),
  nobody_waits: () => 'niemand hoeft langer te wachten',
  no_delays: () => 'niemand hoeft langer te wachten',
  delays: (p) => (num(p['count']) === 1 ? '1 cliënt wacht langer' : `${num(p['count'])} cliënten wachten langer`),
  free_now: () => 'is nu vrij',
  idle: () => 'is nu vrij',
  busy_until: (p) => `bezig tot ${at(p['until'] ?? p['at'])}`,
  closer: (p) => (p['distance_m'] ? `${km(p['distance_m'])} rijden` : 'dichterbij'),
  travel: (p) => `${drive(num(p['travel_s']))} rijden`,
  knows_client: () => 'was hier vannacht al',
  no_position: () => 'plaats niet bekend; gerekend vanaf de standplaats',
  stale_position: (p) => `plaats is van ${at(p['at'])}`,
  position_old: (p) => (p['at'] ? `plaats is van ${at(p['at'])}` : 'plaats is oud'),
  no_room: () => 'past niet meer in deze dienst',
  does_not_fit: () => 'past niet meer in deze dienst',
  no_window: () => 'komt niet op tijd voor dit bezoek',
  no_skill: () => 'niet bekwaam voor dit bezoek',
  needs_two_cars: () => 'voor dit bezoek zijn twee auto’s nodig',
  off_duty: () => 'buiten dienst',
  abcd_unsafe: (p) => `ABCD niet veilig${p['letter'] ? `: ${str(p['letter'])}` : ''}`,
  abcd_unknown: () => 'ABCD nog niet bekend',
  alarm_signal: (p) => `alarmsignaal: ${ALARM_SIGNAL_WORDS[str(p['signal'] ?? p['code'])] ?? str(p['signal'])}`,
  risk_group: (p) => `risicogroep: ${RISK_GROUP_WORDS[str(p['group'] ?? p['code'])] ?? str(p['group'])}`,
  entry_complaint: (p) => `ingangsklacht${p['label'] ? `: ${str(p['label'])}` : ''}`,
  answer: (p) => str(p['text'], 'antwoord op een vraag van het zorgpad'),
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
  push_dead: 'Telefoon krijgt geen oproepen',
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
      return `${visit} is nu over de norm. Bel de melder terug en kijk opnieuw naar de urgentie.`
    case 'push_dead':
      return `${car} kreeg al een dag geen oproep binnen. Bel bij elk nieuw bezoek.`
    case 'no_car':
      return `Voor ${visit} is geen auto gevonden. Wek de achterwacht of kies een andere uitkomst.`
  }
}

const CHANGES: Record<string, Say> = {
  care_request_registered: (p) => `${str(p['reference'])} genoteerd`,
  triage_decided: (p) => `${str(p['reference'])} getrieerd${p['urgency'] ? `: ${str(p['urgency'])}` : ''}`,
  visit_opened: (p) => `${str(p['reference'], 'Bezoek')} wacht op een auto`,
  visit_planned: (p) => `${str(p['reference'], 'Bezoek')} gepland`,
  visit_assigned: (p) => `${str(p['car_name'], 'Auto')} gaat naar ${str(p['reference'], 'het bezoek')}`,
  visit_withdrawn: (p) => `${str(p['reference'], 'Bezoek')} teruggenomen van ${str(p['car_name'], 'de auto')}`,
  visit_cancelled: (p) => `${str(p['reference'], 'Bezoek')} vervallen`,
  visit_accepted: (p) => `${str(p['car_name'], 'Auto')} neemt ${str(p['reference'], 'het bezoek')} aan`,
  visit_departed: (p) => `${str(p['car_name'], 'Auto')} rijdt naar ${str(p['reference'], 'het bezoek')}`,
  visit_arrived: (p) => `${str(p['car_name'], 'Auto')} ter plaatse bij ${str(p['reference'], 'het bezoek')}`,
  visit_finished: (p) => `${str(p['car_name'], 'Auto')} klaar bij ${str(p['reference'], 'het bezoek')}`,
  visit_reported: (p) => `Verslag van ${str(p['reference'], 'het bezoek')} binnen`,
  plan_applied: () => 'Nieuwe route doorgevoerd',
  plan_failed: () => 'Route niet vernieuwd; de oude blijft staan',
  alarm_raised: (p) => `Alarm: ${ALARM_TITLES[str(p['kind']) as AlarmKind] ?? 'kijk op het bord'}`,
  alarm_acknowledged: () => 'Alarm gezien',
  backup_woken: (p) => `${str(p['car_name'], 'Achterwacht')} gewekt`,
  night_closed: () => 'De nacht is gesloten',
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
      `${str(d['by'], 'Een collega')} was iets eerder: ${str(d['car_name'], 'een andere auto')} gaat al${
        d['at'] ? ` (om ${at(d['at'])})` : ''
      }. Het bord is bijgewerkt.`,
    may_not_assign: (d) =>
      `Deze auto mag niet: ${reasonText({ code: str(d['reason'], 'does_not_fit'), params: d })}.`,
    version_changed: 'Dit bezoek is intussen veranderd. Het bord is bijgewerkt; kijk nog eens en kies opnieuw.',
    already_decided: (d) => `Hier is al over besloten${d['by'] ? ` door ${str(d['by'])}` : ''}. Uw concept blijft staan.`,
  })
}
export const FIELD_ERRORS: Record<string, string> = {
  required: 'Vul dit in.',
  choose_client: 'Kies een cliënt, of kies “onbekende cliënt”.',
  abcd_first: 'Eerst ABCD: A, B, C en D.',
  say_why: 'Zeg waarom u afwijkt van het voorstel.',
  hand_over_first: 'Draag eerst over aan 112 of de meldkamer en noteer de tijd.',
  not_a_phone_number: 'Dit is geen telefoonnummer.',
  unknown_entry_complaint: 'Kies een klacht uit de lijst.',
  in_the_future: 'Deze tijd ligt in de toekomst.',
  too_long_ago: 'Dit is te lang geleden.',
}
/** What the server or the form says of one field; a server's own words are kept when we have none. */
export const fieldError = (code: string): string => FIELD_ERRORS[code] ?? code
