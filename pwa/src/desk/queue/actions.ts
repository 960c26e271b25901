/** What the desk does in the queue. */
import { attempt } from '../board/attempt'
import { board } from '../board/board.svelte'
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
