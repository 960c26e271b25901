/** Two nurses at one door: who the other is, and whether they are there at the same moment. */
import { clock, minutes } from '$shared/time'
import { isActive } from './queue'
import type { Board, BoardVisit } from '../server/types'

/** More than this apart, and somebody stands at a door alone for too long. */
export const APART_MIN = 10

export interface Partner {
  visit: BoardVisit
  car_name: string | null
  text: string
  is_bad: boolean
}

/** The other part of a double visit that is not over, with a sentence about it; null when this nurse goes alone. */
export function partnerOf(board: Board, visit: BoardVisit): Partner | null {
  if (visit.double_id === null || !isActive(visit)) return null
  const other = board.visits.find(
    (item) => item.double_id === visit.double_id && item.id !== visit.id && isActive(item),
  )
  if (other === undefined) return null
  const car = board.cars.find((item) => item.shift_id === other.shift_id)?.car_name ?? null
  return { visit: other, car_name: car, ...sentence(visit, other, car) }
}

function sentence(visit: BoardVisit, other: BoardVisit, car: string | null): { text: string; is_bad: boolean } {
  if (car === null && visit.shift_id === null) return { text: 'er gaan twee auto’s', is_bad: false }
  if (car === null) return { text: 'tweede auto nog niet gestuurd', is_bad: true }
  const who = car.toLowerCase()
  if (other.status === 'on_scene') return { text: `samen met ${who}, die er al is`, is_bad: false }
  const [mine, theirs] = [moment(visit), moment(other)]
  if (theirs === null) return { text: `samen met ${who}`, is_bad: false }
  const late = mine === null || visit.shift_id === null ? 0 : Math.round((theirs - mine) / 60_000)
  if (late > APART_MIN)
    return { text: `samen met ${who}, die komt ${minutes(late)} later (${clock(theirs)})`, is_bad: true }
  if (late < -APART_MIN)
    return { text: `samen met ${who}, die wacht daar ${minutes(-late)} (vanaf ${clock(theirs)})`, is_bad: true }
  return { text: `samen met ${who}, ${clock(Math.max(theirs, mine ?? theirs))}`, is_bad: false }
}

/** When care can begin for this nurse: there, or expected, and not before the window opens. */
function moment(visit: BoardVisit): number | null {
  if (visit.arrived_at !== null) return Date.parse(visit.arrived_at)
  return visit.eta_at === null ? null : Math.max(Date.parse(visit.eta_at), Date.parse(visit.window_start))
}
