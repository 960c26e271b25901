/** The sentences that only the phone needs. */
import { addSentences } from '$shared/nl'

const text = (value: unknown): string => (typeof value === 'string' && value ? ` ${value}` : '')

addSentences({
  visit_withdrawn: 'De centrale had dit bezoek al ingetrokken of aan een andere auto gegeven. U hoeft er niet meer heen.',
  visit_cancelled: 'Dit bezoek gaat niet meer door. U hoeft er niet meer heen.',
  status_goes_back: 'De centrale was hier al verder. Wat de centrale weet, blijft staan.',
  visit_is_over: 'Dit bezoek was al klaar bij de centrale.',
  order_source_missing: 'Bij een voorbehouden handeling hoort in wiens opdracht u die deed. Vul dat aan in het verslag en verstuur het opnieuw.',
  could_not_apply: 'De centrale kon dit niet verwerken. Bel de centrale.',
  invalid: 'De centrale kon dit niet lezen. Bel de centrale.',
  not_found: 'De centrale kent dit bezoek niet (meer) bij uw dienst. Bel de centrale.',
  id_reused: (details) => `Dit nummer was al gebruikt${text(details['kind'])}. Bel de centrale.`,
})
