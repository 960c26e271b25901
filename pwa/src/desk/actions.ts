/** What people do at the desk. Each tells what happened in a sentence, refreshes the board, and never loses what was typed. */
import { Problem } from '$shared/api'
import { api } from './api'
import type { Command } from './command'
import { desk } from './desk.svelte'
import { uuid7 as newId } from '$shared/uuid7'
import { emptyForm } from './intake/form'
import { alarmText, FUNDING_WORDS, STATUS_WORDS } from './nl'
import { plan } from './plan.svelte'
import { plannedBody, type PlannedForm } from './planned'
import { subjectOf } from './queue'
import type { Alarm, BoardVisit, Client, FundingLaw, Night, VisitStatus } from './types'

const visitName = (visit: Pick<BoardVisit, 'reference' | 'client_label'>): string => visit.reference ?? visit.client_label

/** Does it, and says in Dutch when it did not work; a conflict also brings the fresh board. */
export async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    const answer = await act()
    desk.feed.nudge(0)
    return answer
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) desk.say(error instanceof Error ? error.message : 'Dit lukte niet.', 'bad')
    desk.feed.nudge(0)
    return undefined
  }
}

export interface Choice {
  visit: BoardVisit
  shiftId: string
  carName: string
  recommendedShiftId: string | null
  override?: { code: string; text: string; named_person?: string }
}

export async function assign({ visit, shiftId, carName, recommendedShiftId, override }: Choice): Promise<boolean> {
  const body: Record<string, unknown> = { id: newId(), shift_id: shiftId, expected_version: visit.version }
  if (recommendedShiftId !== null) body['recommended_shift_id'] = recommendedShiftId
  if (override) body['override_reason'] = override
  const done = await attempt(() => api.assign(visit.id, body))
  if (done === undefined) return false
  desk.chosenShift = null
  desk.say(`${carName} gaat naar ${visitName(visit)}.`, 'good', () => void undoAssign(visit))
  return true
}

async function undoAssign(visit: BoardVisit): Promise<void> {
  const done = await attempt(async () => {
    await api.withdraw(visit.id, 'Ongedaan gemaakt')
    return true
  })
  if (done) {
    desk.say(`${visitName(visit)} wacht weer op een auto.`)
    desk.select({ kind: 'visit', id: visit.id })
  }
}

export async function withdraw(visit: BoardVisit, reason: string): Promise<boolean> {
  const done = await attempt(async () => (await api.withdraw(visit.id, reason), true))
  if (done) desk.say(`${visitName(visit)} is teruggenomen. De auto krijgt bericht.`, 'good')
  return done === true
}

export async function cancel(visit: BoardVisit, reason: string): Promise<boolean> {
  const done = await attempt(async () => (await api.cancel(visit.id, reason), true))
  if (done) desk.say(`${visitName(visit)} vervalt.`, 'good')
  return done === true
}

export async function setStatus(visit: BoardVisit, status: VisitStatus, happenedAt: string | null = null): Promise<void> {
  const done = await attempt(async () => (await api.setStatus(visit.id, status, happenedAt), true))
  if (done) desk.say(`${visitName(visit)}: ${STATUS_WORDS[status]}.`, 'good')
}

export async function lock(visit: BoardVisit, isLocked: boolean): Promise<void> {
  const done = await attempt(async () => (await api.lock(visit.id, isLocked), true))
  if (done) desk.say(isLocked ? `${visitName(visit)} staat vast.` : `${visitName(visit)} mag weer schuiven.`)
}

/** Somebody has seen it; what it is about is what the desk looks at next. */
export async function acknowledge(alarm: Alarm): Promise<void> {
  const done = await attempt(async () => (await api.acknowledge(alarm.id), true))
  if (!done) return
  desk.spoken.later = `Gezien: ${alarmText(alarm)}`
  const subject = subjectOf(alarm, desk.board)
  if (subject !== null) desk.look(subject)
  else if (alarm.shift_id !== null) desk.shownShift = alarm.shift_id
}

export async function wake(shiftId: string, name: string): Promise<void> {
  const done = await attempt(async () => (await api.wake(shiftId), true))
  if (done) desk.say(`${name} wordt gewekt.`, 'good')
}

/** Puts a planned visit on the night and turns to it; who goes is decided there, or by the next route. */
export async function addPlanned(form: PlannedForm, night: Night, name: string): Promise<void> {
  const visit = await api.addPlanned(plannedBody(form, night))
  desk.feed.nudge(0)
  desk.say(`Gepland bezoek voor ${name} staat op het bord.`, 'good')
  desk.select({ kind: 'visit', id: visit.id })
}

/** Which law pays, as the desk hears it tonight. */
export async function setFundingLaw(client: Client, law: FundingLaw): Promise<Client | undefined> {
  const changed = await attempt(() => api.setFundingLaw(client.id, law))
  if (changed) desk.say(`${client.name}: ${FUNDING_WORDS[law]}.`, 'good')
  return changed
}

export function openIntake(): void {
  desk.intake ??= emptyForm(() => newId(), new Date(desk.now).toISOString())
}

/** Runs what the command bar understood. */
export async function run(command: Command): Promise<void> {
  switch (command.kind) {
    case 'status':
      return setStatus(command.visit, command.status, command.happened_at)
    case 'assign':
      desk.select({ kind: 'visit', id: command.visit.id })
      desk.chosenShift = command.car.shift_id
      return
    case 'show_car':
      desk.shownShift = command.car.shift_id
      desk.tab = 'cars'
      return
    case 'wake':
      return wake(command.car.shift_id, command.car.car_name)
    case 'show_visit':
      return desk.select({ kind: 'visit', id: command.visit.id })
    case 'show_waiting':
      return desk.select({ kind: 'waiting', id: command.id })
    case 'new':
      return openIntake()
    case 'plan':
      return plan.open()
    case 'help':
    case 'planned':
    case 'close_night':
    case 'handovers':
      desk.dialog = { kind: command.kind }
  }
}
