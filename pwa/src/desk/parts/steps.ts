/** Enter walks through the form: from here to the next element that is marked as a step. */

function steps(from: HTMLElement): HTMLElement[] {
  const root = from.closest('[data-steps]')
  const all = [...(root?.querySelectorAll<HTMLElement>('[data-step]') ?? [])]
  return all.filter((element) => element.getClientRects().length > 0)
}

export function focusStep(step: HTMLElement): void {
  const inside = step.matches('fieldset')
    ? (step.querySelector<HTMLElement>('input:checked') ?? step.querySelector<HTMLElement>('input, button'))
    : step
  inside?.focus()
  inside?.scrollIntoView({ block: 'nearest' })
}

/** The first step that comes after this element on the page. */
export function nextStep(from: HTMLElement): void {
  const next = steps(from).find(
    (step) => !step.contains(from) && (from.compareDocumentPosition(step) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
  )
  if (next) focusStep(next)
}

/** Enter in a line of text goes on; with Shift it stays a new line; buttons keep their own Enter. */
export function onStepKey(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || event.defaultPrevented || event.isComposing) return
  if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return
  const target = event.target as HTMLElement
  if (!['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) return
  event.preventDefault()
  nextStep(target)
}
