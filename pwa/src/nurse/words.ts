/** The sentences that only the phone needs. */
import { addSentences } from '$shared/nl'
import { clock } from '$shared/time'
import type { ShownVisit } from './sync/view'

/** "Met auto 3, Marit · 22:22": who comes to the same door, and from when; null when she goes alone. */
export function together({ cars_needed, partner }: Pick<ShownVisit, 'cars_needed' | 'partner'>): string | null {
  if (cars_needed < 2) return null
  if (!partner) return 'Met z’n tweeën'
  return `Met ${partner.car_name.toLowerCase()}, ${partner.nurse_name.split(' ')[0]}${partner.begins_at ? ` · ${clock(partner.begins_at)}` : ''}`
}

const text = (value: unknown): string => (typeof value === 'string' && value ? ` ${value}` : '')

addSentences({
  visit_withdrawn:
    'De centrale had dit bezoek al ingetrokken of aan een andere auto gegeven. U hoeft er niet meer heen.',
  visit_cancelled: 'Dit bezoek gaat niet meer door. U hoeft er niet meer heen.',
  status_goes_back: 'De centrale was hier al verder. Wat de centrale weet, blijft staan.',
  visit_is_over: 'Dit bezoek was al klaar bij de centrale.',
  order_source_missing:
    'Bij een voorbehouden handeling hoort in wiens opdracht u die deed. Vul dat aan in het verslag en verstuur het opnieuw.',
  could_not_apply: 'De centrale kon dit niet verwerken. Bel de centrale.',
  invalid: 'De centrale kon dit niet lezen. Bel de centrale.',
  not_found: 'De centrale kent dit bezoek niet (meer) bij uw dienst. Bel de centrale.',
  id_reused: (details) => `Dit nummer was al gebruikt${text(details['kind'])}. Bel de centrale.`,
})
