/** The one table of what people do at the desk: keys, command bar, foot line and help read it; each line stands by what does it. */
import type { Action } from '../board/action'
import { dialogs } from '../board/dialogs.svelte'
import { messages } from '../board/messages.svelte'
import { selection } from '../board/selection.svelte'
import { openTriage } from '../intake/open-triage'
import { newQuestion } from '../intake/writing.svelte'
import { closeNight, handovers } from '../night/actions'
import { betterPlan, plan } from '../plan/plan.svelte'
import { alarmAtHand, nextInList, planVisit, previousInList, seen } from '../queue/actions'
import { pinVisit, secondNurse } from '../visit/actions'
import { chooseCar, onScreen, sendCar } from '../visit/advice.svelte'
import { bar } from './bar.svelte'

export const help: Action = {
  keys: ['?'],
  hint: 'hulp',
  help: 'deze hulp',
  command: { word: 'hulp', preview: 'hulp' },
  run: () => dialogs.open({ kind: 'help' }),
}
export const command: Action = {
  keys: ['/'],
  hint: 'opdracht',
  help: 'opdracht of zoeken',
  run: () => (bar.isOpen = true),
}

function foremost(): Action {
  const { item } = selection
  if (item?.kind === 'waiting') return { run: () => openTriage(item.id) }
  return item?.kind === 'alarm' ? seen(alarmAtHand()) : sendCar(onScreen.advice)
}
const go = (): Action => ({
  ...foremost(),
  keys: ['Enter'],
  help: 'doe wat voorop staat: trieer, stuur, of “gezien”',
})

function undo(): Action {
  const last = messages.shown.findLast((toast) => toast.undo !== null)
  return {
    keys: ['z'],
    help: 'maak de laatste toewijzing ongedaan (8 seconden)',
    isPossible: last !== undefined,
    run: () => last && messages.undo(last),
  }
}

function letGo(): void {
  if (plan.isOpen) return plan.close()
  selection.select(null)
  selection.shownShift = null
}

/** All of it, as it may be done at this moment; in the order of the help. */
export const actions = (): Action[] => [
  newQuestion,
  planVisit,
  betterPlan,
  nextInList,
  previousInList,
  chooseCar(onScreen.advice),
  sendCar(onScreen.advice),
  go(),
  undo(),
  pinVisit(selection.visit),
  secondNurse(selection.visit),
  seen(alarmAtHand()),
  command,
  { keys: ['Escape'], help: 'sluit of laat los', run: letGo },
  help,
  closeNight(),
  handovers,
]
