/** The command bar: "2 tp" is car 2 on the scene, "2 1142" sends car 2 to ZV-1142, any other words search the board. */
import type { Action } from '../board/action'
import { carsSorted, isActive, visitForStatus } from '../board/queue'
import type { Board, BoardVisit, Car, VisitStatus } from '../server/types'
import { actions } from './actions'

export type Command =
  | { kind: 'empty' }
  | { kind: 'status'; car: Car; visit: BoardVisit; status: VisitStatus; happened_at: string | null }
  | { kind: 'assign'; car: Car; visit: BoardVisit }
  | { kind: 'show_car'; car: Car }
  | { kind: 'wake'; car: Car }
  | { kind: 'break'; car: Car }
  | { kind: 'show_visit'; visit: BoardVisit }
  | { kind: 'show_waiting'; id: string; reference: string; label: string }
  | { kind: 'action'; action: Action; preview: string }
  | { kind: 'unknown'; code: 'no_car' | 'no_visit' | 'no_word' | 'nothing_found'; text: string }

const STATUS_WORDS: Record<string, VisitStatus> = {
  aan: 'accepted',
  aangenomen: 'accepted',
  rijdt: 'under_way',
  rij: 'under_way',
  onderweg: 'under_way',
  tp: 'on_scene',
  plaats: 'on_scene',
  klaar: 'done',
  kl: 'done',
}
/** What these words mean on this board. `now` places a spoken time ("2 tp 02:10") on the right day. */
export function parseCommand(text: string, board: Board, now: number): Command {
  const words = text.trim().replace(/^\/+/, '').toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return { kind: 'empty' }
  const [first, second, third] = words as [string, string | undefined, string | undefined]
  const action = second === undefined ? actions().find((one) => one.command?.word === first) : undefined
  if (action?.command) return { kind: 'action', action, preview: action.command.preview }
  const car = findCar(first, board)
  if (car === null) {
    return /^(a|auto)?\d{1,2}$/.test(first) ? { kind: 'unknown', code: 'no_car', text: first } : search(words, board)
  }
  if (second === undefined) return { kind: 'show_car', car }
  if (second === 'wek' || second === 'wekken') return { kind: 'wake', car }
  if (second === 'pauze') return { kind: 'break', car }
  const status = STATUS_WORDS[second]
  if (status !== undefined) {
    const visit = visitForStatus(board, car.shift_id, status)
    if (visit === null) return { kind: 'unknown', code: 'no_visit', text: car.car_name }
    return { kind: 'status', car, visit, status, happened_at: third === undefined ? null : clockTime(third, now) }
  }
  const visit = byReference(second, board)
  if (visit !== null) return { kind: 'assign', car, visit }
  return { kind: 'unknown', code: 'no_word', text: second }
}

function findCar(word: string, board: Board): Car | null {
  const cars = carsSorted(board)
  if (word === 'achterwacht' || word === 'aw') return cars.find((car) => car.is_backup) ?? null
  const number = /^(?:a|auto)?(\d{1,2})$/.exec(word)?.[1]
  return number === undefined ? null : (cars.find((car) => car.car_number === Number(number)) ?? null)
}

function byReference(word: string, board: Board): BoardVisit | null {
  const digits = /^(?:zv-?)?(\d{3,})$/.exec(word)?.[1]
  if (digits === undefined) return null
  return board.visits.find((visit) => isActive(visit) && visit.reference?.endsWith(`-${digits}`)) ?? null
}

function search(words: string[], board: Board): Command {
  const fits = (parts: (string | null | undefined)[]): boolean => {
    const text = parts.filter(Boolean).join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  }
  const waiting = board.waiting.find((item) =>
    fits([item.reference, item.client_label, item.question, item.organisation, item.postcode]),
  )
  if (waiting !== undefined) {
    const label = waiting.client_label ?? ''
    return { kind: 'show_waiting', id: waiting.care_request_id, reference: waiting.reference, label }
  }
  const visit = [...board.visits]
    .sort((a, b) => Number(isActive(b)) - Number(isActive(a)))
    .find((item) =>
      fits([item.reference, item.client_label, item.complaint, item.address_line, item.postcode, item.organisation]),
    )
  if (visit !== undefined) return { kind: 'show_visit', visit }
  return { kind: 'unknown', code: 'nothing_found', text: words.join(' ') }
}

/** "02:10", "0210" or "2.10" spoken by a nurse is the most recent such moment, in the time of this country. */
export function clockTime(word: string, now: number): string | null {
  const match = /^(\d{1,2})[:.]?(\d{2})$/.exec(word)
  if (match === null) return null
  const [hour, minute] = [Number(match[1]), Number(match[2])]
  if (hour > 23 || minute > 59) return null
  const parts = new Intl.DateTimeFormat('nl-NL', {
    timeZone: 'Europe/Amsterdam',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now)
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  let back = read('hour') * 60 + read('minute') - (hour * 60 + minute)
  // A nurse's watch may run a little ahead: up to ten minutes in the future still means now.
  if (back < -10) back += 24 * 60
  return new Date(Math.floor(now / 60_000) * 60_000 - Math.max(0, back) * 60_000).toISOString()
}
