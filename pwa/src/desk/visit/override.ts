/** When sending a car needs a reason, and which one is probably meant. */
import type { Why } from '../board/dialogs.svelte'
import type { Option, Reason } from '../server/types'

/** The rules object softly (another region, a shift that ends too soon), or it is not the first choice; else no reason is asked. */
export function whyReason(
  option: Pick<Option, 'rank'> & { reasons: Reason[]; second?: { reasons: Reason[] } | null },
): Why | null {
  if (option.rank > 1) return 'not_first'
  const codes = [...option.reasons, ...(option.second?.reasons ?? [])].map((reason) => reason.code)
  if (codes.includes('other_region')) return 'other_region'
  if (codes.includes('on_break')) return 'on_break'
  return codes.includes('shift_too_short') ? 'shift_too_short' : null
}
