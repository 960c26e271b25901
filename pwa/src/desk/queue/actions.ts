/** What the desk does in the queue. */
import { attempt } from '../board/attempt'
import type { Action } from '../board/action'
import { board } from '../board/board.svelte'
import { dialogs } from '../board/dialogs.svelte'
import { messages } from '../board/messages.svelte'
import { subjectOf } from '../board/queue'
import { selection } from '../board/selection.svelte'
import { api } from '../server/api'
import { alarmText } from '../server/nl'
import type { Alarm } from '../server/types'

/** Somebody has seen it; what it is about is what the desk looks at next. */
export async function acknowledge(alarm: Alarm): Promise<void> {
  const done = await attempt(async () => (await api.acknowledge(alarm.id), true))
  if (!done) return
  messages.spoken.later = `Gezien: ${alarmText(alarm)}`
  const subject = subjectOf(alarm, board.data)
  if (subject !== null) selection.look(subject)
  else if (alarm.shift_id !== null) selection.shownShift = alarm.shift_id
}

/** The alarm that is chosen, or the one about what is chosen; with nothing chosen, the first of all. */
export function alarmAtHand(): Alarm | undefined {
  const { item } = selection
  if (item === null) return board.alarms[0]
  return board.alarms.find((alarm) => alarm.id === item.id || subjectOf(alarm, board.data)?.id === item.id)
}

export const seen = (alarm: Alarm | undefined): Action => ({
  keys: ['g'],
  help: 'gezien: het alarm bij wat gekozen is',
  isPossible: alarm !== undefined && board.isLoaded,
  run: () => alarm && acknowledge(alarm),
})
export const nextInList: Action = {
  keys: ['j'],
  hint: 'bladeren',
  help: 'volgende in de lijst',
  run: () => selection.walk(1),
}
export const previousInList: Action = {
  keys: ['k'],
  help: 'vorige in de lijst',
  run: () => selection.walk(-1),
}
export const planVisit: Action = {
  keys: ['p'],
  hint: 'gepland',
  help: 'gepland bezoek toevoegen',
  command: { word: 'gepland', preview: 'gepland bezoek toevoegen', help: 'gepland bezoek toevoegen' },
  run: () => dialogs.open({ kind: 'planned' }),
}
