/** What somebody or something is called where there is little room. */

/** "van den Berg" stands under the B: on a narrow block the part that tells people apart comes first. */
export function shortName(label: string): string {
  const name = label.replace(/^(?:Mw\.|Dhr\.|Mevr\.)\s*/, '').replace(/^(?:\p{Lu}\p{Ll}?\.)+\s*/u, '')
  return name.replace(/^(?:\p{Ll}\S*\s+)+(?=\p{Lu})/u, '').replace(/^['’][ts]\s+/i, '')
}
