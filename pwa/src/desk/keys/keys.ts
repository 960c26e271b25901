/** The keys of the board. None of them fires while somebody types, with a dialog open, or together with Ctrl or Alt. */
import { acknowledge } from '../queue/actions'
import { board } from '../board/board.svelte'
import { dialogs } from '../board/dialogs.svelte'
import { messages } from '../board/messages.svelte'
import { selection } from '../board/selection.svelte'
import { session } from '../board/session.svelte'
import { writing } from '../intake/writing.svelte'
import { openTriage } from '../intake/open-triage'
import { plan } from '../plan/plan.svelte'
import { subjectOf } from '../board/queue'
import { isTypingIn } from '../parts/typing'
import { bar } from './bar.svelte'
import type { Alarm } from '../server/types'

export type KeyAct =
  | 'new'
  | 'planned'
  | 'plan'
  | 'seen'
  | 'next'
  | 'previous'
  | 'send'
  | 'go'
  | 'command'
  | 'help'
  | 'escape'
  | 'undo'
  | 'pin'
  | 'double'
  | { car: number }

/** Pure: which act belongs to this key, if any. */
export function actFor(key: string, isTyping: boolean, hasModifier: boolean): KeyAct | null {
  if (hasModifier) return null
  if (key === 'Escape') return 'escape'
  if (isTyping) return null
  if (/^[1-9]$/.test(key)) return { car: Number(key) }
  const acts: Record<string, KeyAct> = {
    n: 'new',
    p: 'planned',
    r: 'plan',
    g: 'seen',
    j: 'next',
    k: 'previous',
    a: 'send',
    z: 'undo',
    v: 'pin',
    d: 'double',
    '/': 'command',
    '?': 'help',
    Enter: 'go',
  }
  return acts[key.length === 1 ? key.toLowerCase() : key] ?? null
}

const OWN_ENTER = new Set(['BUTTON', 'A', 'SUMMARY'])

export function onBoardKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || dialogs.shown !== null || writing.form !== null || session.isOver)
    return
  const act = actFor(event.key, isTypingIn(event.target), event.ctrlKey || event.metaKey || event.altKey)
  if (act === null) return
  if (act === 'go') {
    // A focused button keeps its own Enter, except a card of the queue: there Enter goes on with what was chosen.
    const focused = event.target as HTMLElement
    if (OWN_ENTER.has(focused.tagName) && !(focused.classList.contains('card') && focused.classList.contains('chosen')))
      return
  }
  event.preventDefault()
  perform(act)
}

function perform(act: KeyAct): void {
  if (typeof act === 'object') {
    const card = document.querySelector<HTMLElement>(`[role="radio"][aria-keyshortcuts="${act.car}"]`)
    card?.click()
    return
  }
  switch (act) {
    case 'new':
      return writing.start()
    case 'planned':
      dialogs.open({ kind: 'planned' })
      return
    case 'plan':
      return plan.open()
    case 'seen':
      return seen()
    case 'next':
      return selection.walk(1)
    case 'previous':
      return selection.walk(-1)
    case 'command':
      bar.isOpen = true
      return
    case 'help':
      dialogs.open({ kind: 'help' })
      return
    case 'escape':
      if (plan.isOpen) return plan.close()
      selection.select(null)
      selection.shownShift = null
      return
    case 'undo': {
      const toast = messages.shown.findLast((item) => item.undo !== null)
      if (toast) messages.undo(toast)
      return
    }
    case 'pin':
      return document.querySelector<HTMLElement>('#pin-visit')?.click()
    case 'double':
      return document.querySelector<HTMLElement>('#second-nurse')?.click()
    case 'send':
      return document.querySelector<HTMLElement>('#send-car')?.click()
    case 'go': {
      const selected = selection.item
      if (selected?.kind === 'waiting') void openTriage(selected.id)
      else if (selected?.kind === 'alarm') seen()
      else document.querySelector<HTMLElement>('#send-car')?.click()
    }
  }
}

/** The alarm that is chosen, or the one about what is chosen; with nothing chosen, the first of all. */
function seen(): void {
  const { item } = selection
  const about = (alarm: Alarm) => alarm.id === item?.id || subjectOf(alarm, board.data)?.id === item?.id
  const alarm = item === null ? board.alarms[0] : board.alarms.find(about)
  if (alarm) void acknowledge(alarm)
}
