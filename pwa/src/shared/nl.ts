import { speakWith } from './api'

/** The server speaks in codes; here is the Dutch sentence for each. Plain words, and what to do next. */
type Details = Record<string, unknown>
type Sentence = string | ((details: Details) => string)

const SENTENCES: Record<string, Sentence> = {
  unreachable: 'Geen verbinding met de centrale. Probeer het zo nog eens.',
  not_logged_in: 'U bent niet meer ingelogd. Log opnieuw in.',
  wrong_login: 'Deze naam en dit wachtwoord horen niet bij elkaar.',
  too_many_attempts: 'Te vaak geprobeerd. Wacht een paar minuten.',
  not_allowed: 'U mag dit niet doen met deze login.',
  not_found: 'Dit is er niet (meer), of het is niet van u.',
  invalid: 'Niet alles is goed ingevuld.',
  other_person: 'Op dit toestel is intussen iemand anders ingelogd.',
  forged: 'Dit verzoek kwam niet van deze app. Laad de pagina opnieuw.',
  try_later: 'De centrale is even bezig. Het gaat zo vanzelf verder.',
  too_many: 'Het is even te druk. Het gaat zo vanzelf verder.',
  broken: 'Er ging iets mis bij de centrale. Probeer het zo nog eens.',
  conflict: 'Iemand anders was net iets eerder.',
  id_reused: 'Dit nummer was al gebruikt voor iets anders. Bel de centrale.',
  too_large: 'Dit is te groot om te versturen.',
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

speakWith(sentence)

/** Lets one app add the sentences that only it needs, so that the phone does not carry the desk's. */
export function addSentences(more: Record<string, Sentence>): void {
  Object.assign(SENTENCES, more)
}

export * from './words'
