/** The keys of the board. None of them fires while somebody types, with a dialog open, or together with Ctrl or Alt. */
import { perform, type Action } from '../board/action'
import { dialogs } from '../board/dialogs.svelte'
import { session } from '../board/session.svelte'
import { writing } from '../intake/writing.svelte'
import { isTypingIn } from '../parts/typing'
import { actions } from './actions'

/** A letter is the same key with caps lock. */
const nameOf = (key: string): string => (key.length === 1 ? key.toLowerCase() : key)

/** What this key does, if anything. Only Esc also counts while somebody types. */
export function actionFor(key: string, isTyping: boolean, hasModifier: boolean): Action | undefined {
  if (hasModifier || (isTyping && key !== 'Escape')) return undefined
  return actions().find((action) => action.keys?.includes(nameOf(key)))
}

const OWN_ENTER = new Set(['BUTTON', 'A', 'SUMMARY'])
/** A focused button keeps its own Enter, except a card of the queue: there Enter goes on with what was chosen. */
const keepsEnter = ({ tagName, classList }: HTMLElement): boolean =>
  OWN_ENTER.has(tagName) && !(classList.contains('card') && classList.contains('chosen'))

export function onBoardKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  if (dialogs.shown !== null || writing.form !== null || session.isOver) return
  const action = actionFor(event.key, isTypingIn(event.target), event.ctrlKey || event.metaKey || event.altKey)
  if (action === undefined || (event.key === 'Enter' && keepsEnter(event.target as HTMLElement))) return
  event.preventDefault()
  perform(action, event.key)
}
