/** What the desk does with one visit. Each tells what happened in a sentence, and never loses what was typed. */
import { uuid7 as newId } from '$shared/uuid7'
import { attempt } from '../board/attempt'
import type { Action } from '../board/action'
import { board } from '../board/board.svelte'
import { Busy } from '../board/busy.svelte'
import type { SecondCar } from '../board/dialogs.svelte'
import { messages } from '../board/messages.svelte'
import { visitName } from '../board/names'
import { isActive } from '../board/queue'
import { selection } from '../board/selection.svelte'
import { partnerOf } from '../board/together'
import { api } from '../server/api'
import { STATUS_WORDS } from '../server/nl'
import type { AssignmentBody, BoardVisit, Override, PlannedBody, VisitStatus } from '../server/types'

export interface Choice {
  second?: SecondCar | null
  visit: BoardVisit
  shiftId: string
  carName: string
  recommendedShiftId: string | null
  override?: Override
}

export async function assign({
  visit,
  shiftId,
  carName,
  recommendedShiftId,
  override,
  second,
}: Choice): Promise<boolean> {
  const body: AssignmentBody = { id: newId(), shift_id: shiftId, expected_version: visit.version }
  if (recommendedShiftId !== null) body.recommended_shift_id = recommendedShiftId
  if (override) body.override_reason = override
  const other = second ? board.visit(second.visit_id) : undefined
  if (second && other)
    body.second = { visit_id: other.id, id: newId(), shift_id: second.shift_id, expected_version: other.version }
  const done = await attempt(() => api.assign(visit.id, body))
  if (done === undefined) return false
  selection.chosenShift = null
  const both = second && other ? [visit, other] : [visit]
  const who = second && other ? `${carName} en ${second.car_name.toLowerCase()} gaan` : `${carName} gaat`
  messages.say(`${who} naar ${visitName(visit)}.`, 'good', () => void undoAssign(both))
  return true
}

async function undoAssign(visits: BoardVisit[]): Promise<void> {
  const done = await attempt(async () => {
    for (const one of visits) await api.withdraw(one.id, 'Ongedaan gemaakt')
    return true
  })
  const visit = visits[0]!
  if (done) {
    messages.say(`${visitName(visit)} wacht weer op een auto.`)
    selection.select({ kind: 'visit', id: visit.id })
  }
}

export async function withdraw(visit: BoardVisit, reason: string): Promise<boolean> {
  const done = await attempt(async () => (await api.withdraw(visit.id, reason), true))
  if (done) messages.say(`${visitName(visit)} is teruggenomen. De auto krijgt bericht.`, 'good')
  return done === true
}

export async function cancel(visit: BoardVisit, reason: string, isBoth = false): Promise<boolean> {
  const done = await attempt(async () => (await api.cancel(visit.id, reason, isBoth), true))
  if (done)
    messages.say(isBoth ? `${visitName(visit)} vervalt, voor beide auto’s.` : `${visitName(visit)} vervalt.`, 'good')
  return done === true
}

/** Somebody must come along; who, is asked at once. */
export async function addSecond(visit: BoardVisit): Promise<void> {
  const id = newId()
  const done = await attempt(async () => (await api.addSecond(visit.id, id), true))
  if (!done) return
  messages.say(`Er gaat een tweede verpleegkundige mee naar ${visit.client_label}. Kies welke auto.`, 'good')
  selection.select({ kind: 'visit', id: visit.status === 'open' ? visit.id : id })
}

export async function dropOthers(visit: BoardVisit, otherCar: string | null): Promise<void> {
  const done = await attempt(async () => (await api.dropOthers(visit.id), true))
  if (done)
    messages.say(
      otherCar === null
        ? `Eén auto is genoeg voor ${visitName(visit)}.`
        : `${otherCar} hoeft niet mee en krijgt bericht.`,
      'good',
    )
}

export async function setStatus(
  visit: BoardVisit,
  status: VisitStatus,
  happenedAt: string | null = null,
): Promise<void> {
  const done = await attempt(async () => (await api.setStatus(visit.id, status, happenedAt), true))
  if (done) messages.say(`${visitName(visit)}: ${STATUS_WORDS[status]}.`, 'good')
}

export async function lock(visit: BoardVisit, isLocked: boolean): Promise<void> {
  const done = await attempt(async () => (await api.lock(visit.id, isLocked), true))
  if (done) messages.say(isLocked ? `${visitName(visit)} staat vast.` : `${visitName(visit)} mag weer schuiven.`)
}

/** Puts a planned visit on the night and turns to it; who goes is decided there, or by the next route. */
export async function addPlanned(body: PlannedBody, name: string): Promise<void> {
  const visit = await api.addPlanned(body)
  board.feed.nudge(0)
  messages.say(`Gepland bezoek voor ${name} staat op het bord.`, 'good')
  selection.select({ kind: 'visit', id: visit.id })
}

export const pinVisit = (visit: BoardVisit | undefined): Action => ({
  keys: ['v'],
  help: 'zet vast bij deze auto, of maak los',
  isPossible: visit?.status === 'assigned' || visit?.status === 'accepted',
  run: () => visit && lock(visit, !visit.is_locked),
})

/** Asking for the second nurse and letting her go wait for each other. */
export const pairing = new Busy()
export const secondNurse = (visit: BoardVisit | undefined): Action => ({
  keys: ['d'],
  help: 'tweede verpleegkundige erbij',
  isPossible: visit !== undefined && isActive(visit) && partnerOf(board.data, visit) === null && !pairing.is,
  run: () => visit && pairing.during(() => addSecond(visit)),
})
