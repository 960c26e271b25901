/** What people do at the desk. Each tells what happened in a sentence, refreshes the board, and never loses what was typed. */
import { Problem } from '$shared/api'
import { api } from './server/api'
import { isToCome, restingBreak } from './cars/breaks'
import type { Command } from './keys/command'
import { desk } from './board/desk.svelte'
import { uuid7 as newId } from '$shared/uuid7'
import { emptyForm } from './intake/form'
import { alarmText, FUNDING_WORDS, STATUS_WORDS } from './server/nl'
import { plan } from './plan/plan.svelte'
import { plannedBody, type PlannedForm } from './visit/planned'
import { subjectOf } from './board/queue'
import type { Alarm, BoardVisit, Car, Client, FundingLaw, Night, VisitStatus } from './server/types'

const visitName = (visit: Pick<BoardVisit, 'reference' | 'client_label'>): string =>
  visit.reference ?? visit.client_label

/** Does it, and says in Dutch when it did not work; a conflict also brings the fresh board. */
export async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    const answer = await act()
    desk.feed.nudge(0)
    return answer
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401))
      desk.say(error instanceof Error ? error.message : 'Dit lukte niet.', 'bad')
    desk.feed.nudge(0)
    return undefined
  }
}

/** The car for the other part of a double visit, sent in the same breath. */
export interface SecondCar {
  visit_id: string
  shift_id: string
  car_name: string
}
export interface Choice {
  second?: SecondCar | null
  visit: BoardVisit
  shiftId: string
  carName: string
  recommendedShiftId: string | null
  override?: { code: string; text: string; named_person?: string }
}

export async function assign({
  visit,
  shiftId,
  carName,
  recommendedShiftId,
  override,
  second,
}: Choice): Promise<boolean> {
  const body: Record<string, unknown> = { id: newId(), shift_id: shiftId, expected_version: visit.version }
  if (recommendedShiftId !== null) body['recommended_shift_id'] = recommendedShiftId
  if (override) body['override_reason'] = override
  const other = second ? desk.board.visits.find((item) => item.id === second.visit_id) : undefined
  if (second && other)
    body['second'] = { visit_id: other.id, id: newId(), shift_id: second.shift_id, expected_version: other.version }
  const done = await attempt(() => api.assign(visit.id, body))
  if (done === undefined) return false
  desk.chosenShift = null
  const both = second && other ? [visit, other] : [visit]
  const who = second && other ? `${carName} en ${second.car_name.toLowerCase()} gaan` : `${carName} gaat`
  desk.say(`${who} naar ${visitName(visit)}.`, 'good', () => void undoAssign(both))
  return true
}

async function undoAssign(visits: BoardVisit[]): Promise<void> {
  const done = await attempt(async () => {
    for (const one of visits) await api.withdraw(one.id, 'Ongedaan gemaakt')
    return true
  })
  const visit = visits[0]!
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

export async function cancel(visit: BoardVisit, reason: string, isBoth = false): Promise<boolean> {
  const done = await attempt(async () => (await api.cancel(visit.id, reason, isBoth), true))
  if (done)
    desk.say(isBoth ? `${visitName(visit)} vervalt, voor beide auto’s.` : `${visitName(visit)} vervalt.`, 'good')
  return done === true
}

/** Somebody must come along; who, is asked at once. */
export async function addSecond(visit: BoardVisit): Promise<void> {
  const id = newId()
  const done = await attempt(async () => (await api.addSecond(visit.id, id), true))
  if (!done) return
  desk.say(`Er gaat een tweede verpleegkundige mee naar ${visit.client_label}. Kies welke auto.`, 'good')
  desk.select({ kind: 'visit', id: visit.status === 'open' ? visit.id : id })
}

export async function dropOthers(visit: BoardVisit, otherCar: string | null): Promise<void> {
  const done = await attempt(async () => (await api.dropOthers(visit.id), true))
  if (done)
    desk.say(
      otherCar === null
        ? `Eén auto is genoeg voor ${visitName(visit)}.`
        : `${otherCar} hoeft niet mee en krijgt bericht.`,
      'good',
    )
}

export async function saveBreak(
  car: Car,
  breakId: string | null,
  body: Record<string, unknown>,
  id: string,
): Promise<void> {
  if (breakId === null) await api.planBreak(car.shift_id, { ...body, id })
  else await api.changeBreak(breakId, body)
  desk.feed.nudge(0)
  desk.say(`Pauze van ${car.car_name.toLowerCase()} staat in de route.`, 'good')
}

/** The break that was planned begins now, or one of half an hour. */
export async function breakNow(car: Car, planned?: { id: string; minutes: number }): Promise<void> {
  const body = { id: planned?.id ?? newId(), minutes: planned?.minutes ?? 30 }
  const done = await attempt(async () => (await api.breakNow(car.shift_id, body), true))
  if (done) desk.say(`${car.car_name} heeft ${body.minutes} minuten pauze.`, 'good')
}

export async function endBreak(breakId: string, carName: string): Promise<void> {
  const done = await attempt(async () => (await api.endBreak(breakId), true))
  if (done) desk.say(`${carName} is terug van de pauze.`, 'good')
}

export async function cancelBreak(breakId: string, carName: string): Promise<void> {
  const done = await attempt(async () => (await api.cancelBreak(breakId), true))
  if (done) desk.say(`Pauze van ${carName.toLowerCase()} vervalt.`)
}

export async function setStatus(
  visit: BoardVisit,
  status: VisitStatus,
  happenedAt: string | null = null,
): Promise<void> {
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
    case 'break': {
      const resting = restingBreak(command.car, desk.now)
      return resting
        ? endBreak(resting.id, command.car.car_name)
        : breakNow(command.car, command.car.breaks.find(isToCome))
    }
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
