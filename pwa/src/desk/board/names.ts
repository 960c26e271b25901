/** What somebody or something is called where there is little room. */
import type { BoardVisit } from '../server/types'

export const visitName = (visit: Pick<BoardVisit, 'reference' | 'client_label'>): string =>
  visit.reference ?? visit.client_label

/** "van den Berg" stands under the B: on a narrow block the part that tells people apart comes first. */
export function shortName(label: string): string {
  const name = label.replace(/^(?:Mw\.|Dhr\.|Mevr\.)\s*/, '').replace(/^(?:\p{Lu}\p{Ll}?\.)+\s*/u, '')
  return name.replace(/^(?:\p{Ll}\S*\s+)+(?=\p{Lu})/u, '').replace(/^['’][ts]\s+/i, '')
}
