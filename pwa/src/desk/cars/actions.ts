/** What the desk does for a car: its breaks, and waking the back-up. */
import { uuid7 as newId } from '$shared/uuid7'
import { attempt } from '../board/attempt'
import { board } from '../board/board.svelte'
import { messages } from '../board/messages.svelte'
import { api } from '../server/api'
import type { BreakTimesBody, Car } from '../server/types'

export async function saveBreak(car: Car, breakId: string | null, body: BreakTimesBody, id: string): Promise<void> {
  if (breakId === null) await api.planBreak(car.shift_id, { ...body, id })
  else await api.changeBreak(breakId, body)
  board.feed.nudge(0)
  messages.say(`Pauze van ${car.car_name.toLowerCase()} staat in de route.`, 'good')
}

/** The break that was planned begins now, or one of half an hour. */
export async function breakNow(car: Car, planned?: { id: string; minutes: number }): Promise<void> {
  const body = { id: planned?.id ?? newId(), minutes: planned?.minutes ?? 30 }
  const done = await attempt(async () => (await api.breakNow(car.shift_id, body), true))
  if (done) messages.say(`${car.car_name} heeft ${body.minutes} minuten pauze.`, 'good')
}

export async function endBreak(breakId: string, carName: string): Promise<void> {
  const done = await attempt(async () => (await api.endBreak(breakId), true))
  if (done) messages.say(`${carName} is terug van de pauze.`, 'good')
}

export async function cancelBreak(breakId: string, carName: string): Promise<void> {
  const done = await attempt(async () => (await api.cancelBreak(breakId), true))
  if (done) messages.say(`Pauze van ${carName.toLowerCase()} vervalt.`)
}

export async function wake(shiftId: string, name: string): Promise<void> {
  const done = await attempt(async () => (await api.wake(shiftId), true))
  if (done) messages.say(`${name} wordt gewekt.`, 'good')
}
