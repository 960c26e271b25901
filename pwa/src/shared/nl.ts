/** The server speaks in codes; here is the Dutch sentence for each. Plain words, and what to do next. */
type Details = Record<string, unknown>
type Sentence = string | ((details: Details) => string)

const text = (value: unknown, otherwise: string): string => (typeof value === 'string' && value ? value : otherwise)

const SENTENCES: Record<string, Sentence> = {
  unreachable: 'Geen verbinding met de centrale. Probeer het zo nog eens.',
  not_logged_in: 'U bent niet meer ingelogd. Log opnieuw in.',
  wrong_login: 'Deze naam en dit wachtwoord horen niet bij elkaar.',
  too_many_attempts: 'Te vaak geprobeerd. Wacht een paar minuten.',
  not_allowed: 'U mag dit niet doen met deze login.',
  not_found: 'Dit is er niet (meer), of het is niet van u.',
  invalid: 'Niet alles is goed ingevuld.',
  conflict: 'Iemand anders was net iets eerder.',
  id_reused: 'Dit nummer was al gebruikt voor iets anders. Bel de centrale.',
  rate_limited: 'Het is even te druk. Het gaat zo vanzelf verder.',
  too_large: 'Dit is te groot om te versturen.',
  already_assigned: (d) => `Dit bezoek is al toegewezen aan ${text(d['car_name'], 'een andere auto')}, door ${text(d['by'], 'een collega')}.`,
  version_changed: 'Dit bezoek is intussen veranderd. Kijk nog eens en kies opnieuw.',
  may_not_assign: 'Deze auto mag dit bezoek niet rijden.',
  http_400: 'De centrale begrijpt dit niet.',
  http_401: 'U bent niet meer ingelogd. Log opnieuw in.',
  http_403: 'U mag dit niet doen met deze login.',
  http_404: 'Dit is er niet (meer), of het is niet van u.',
  http_409: 'Iemand anders was net iets eerder.',
  http_413: 'Dit is te groot om te versturen.',
  http_422: 'Niet alles is goed ingevuld.',
  http_429: 'Het is even te druk. Het gaat zo vanzelf verder.',
}

const OTHERWISE = 'Dit lukte niet. Probeer het nog eens, of bel de centrale.'

/** The Dutch sentence for a code; an unknown code still gives a sentence, never the code itself. */
export function sentence(code: string, details: Details = {}): string {
  const known = SENTENCES[code]
  if (known === undefined) return OTHERWISE
  return typeof known === 'string' ? known : known(details)
}

/** Lets one app add the sentences that only it needs, so that the phone does not carry the desk's. */
export function addSentences(more: Record<string, Sentence>): void {
  Object.assign(SENTENCES, more)
}

export const ACCESS_WORDS: Record<string, string> = {
  code_safe: 'Sleutelkluis',
  key_holder: 'Sleutel bij iemand',
  electronic_lock: 'Elektronisch slot',
  opens_door: 'Doet zelf open',
  unknown: 'Toegang onbekend',
}

export const RELATION_WORDS: Record<string, string> = {
  client: 'cliënt zelf',
  informal_carer: 'mantelzorger',
  nurse: 'verpleegkundige',
  gp: 'huisarts',
  gp_post: 'huisartsenpost',
  mka: 'meldkamer',
  alarm_centre: 'alarmcentrale',
  other: 'anders',
}

export const OUTCOME_WORDS: Record<string, string> = {
  phone_advice: 'telefonisch advies',
  visit: 'bezoek',
  emergency_call: '112',
  refer_gp_post: 'naar de huisartsenpost',
  refer_crisis_team: 'naar de GGZ-crisisdienst',
  refer_own_gp: 'naar de eigen huisarts',
  refer_own_organisation: 'naar de eigen organisatie',
  not_night_care: 'geen nachtzorg',
}

export const PROCEDURE_WORDS: Record<string, string> = {
  bladder_catheter: 'blaaskatheter',
  suprapubic_catheter: 'suprapubische katheter',
  injection_sc: 'onderhuids injecteren',
  injection_im: 'in de spier injecteren',
  infusion: 'infuus',
  stoma_care: 'stomazorg',
  wound_care: 'wondzorg',
  tube_feeding: 'sondevoeding',
  insulin: 'insuline',
  palliative_pump: 'palliatieve pomp',
  fall_assessment: 'beoordelen na een val',
  two_person_lift: "tillen met z'n tweeën",
}
