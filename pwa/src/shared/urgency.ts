export const URGENCIES = ['U0', 'U1', 'U2', 'U3', 'U4', 'U5'] as const
export type UrgencyCode = (typeof URGENCIES)[number]

/** What the NTS means by it, in words for a reader or a screen reader. */
export const URGENCY_WORDS: Record<UrgencyCode, string> = {
  U0: 'reanimatie',
  U1: 'levensbedreigend, onmiddellijk',
  U2: 'spoed, zo snel mogelijk',
  U3: 'dringend, binnen enkele uren',
  U4: 'niet dringend, vannacht',
  U5: 'gepland of overdag',
}
