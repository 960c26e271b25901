/** The keys of the board. None of them fires while somebody types, with a dialog open, or together with Ctrl or Alt. */
import { acknowledge, openIntake } from '../actions'
import { desk } from '../board/desk.svelte'
import { openTriage } from '../intake/open-triage'
import { plan } from '../plan/plan.svelte'
import { subjectOf } from '../board/queue'
import { isTypingIn } from '../parts/typing'
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
  if (event.defaultPrevented || event.isComposing || desk.dialog !== null || desk.intake !== null || desk.isSignedOut)
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
      return openIntake()
    case 'planned':
      desk.dialog = { kind: 'planned' }
      return
    case 'plan':
      return plan.open()
    case 'seen':
      return seen()
    case 'next':
      return desk.walk(1)
    case 'previous':
      return desk.walk(-1)
    case 'command':
      desk.isCommanding = true
      return
    case 'help':
      desk.dialog = { kind: 'help' }
      return
    case 'escape':
      if (plan.isOpen) return plan.close()
      desk.select(null)
      desk.shownShift = null
      return
    case 'undo': {
      const toast = desk.toasts.findLast((item) => item.undo !== null)
      if (toast) {
        desk.dismiss(toast.id)
        toast.undo?.()
      }
      return
    }
    case 'pin':
      return document.querySelector<HTMLElement>('#pin-visit')?.click()
    case 'double':
      return document.querySelector<HTMLElement>('#second-nurse')?.click()
    case 'send':
      return document.querySelector<HTMLElement>('#send-car')?.click()
    case 'go': {
      const selected = desk.selected
      if (selected?.kind === 'waiting') void openTriage(selected.id)
      else if (selected?.kind === 'alarm') seen()
      else document.querySelector<HTMLElement>('#send-car')?.click()
    }
  }
}

/** The alarm that is chosen, or the one about what is chosen; with nothing chosen, the first of all. */
function seen(): void {
  const { selected, alarms, board } = desk
  const about = (alarm: Alarm) => alarm.id === selected?.id || subjectOf(alarm, board)?.id === selected?.id
  const alarm = selected === null ? alarms[0] : alarms.find(about)
  if (alarm) void acknowledge(alarm)
}
