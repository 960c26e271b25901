/** The one dialog that is open, and what it is about. */
import type { Client } from '../server/types'

/** Why a car needs a reason: another one is better, the rules object softly, or nobody may go without a doctor's word. */
export type Why = 'not_first' | 'other_region' | 'shift_too_short' | 'on_break' | 'named'
/** The car for the other part of a double visit, sent in the same breath. */
export interface SecondCar {
  visit_id: string
  shift_id: string
  car_name: string
}
export type Dialog =
  | { kind: 'help' }
  | { kind: 'planned' }
  | { kind: 'pin'; clientId: string; done: (client: Client) => void }
  | { kind: 'close_night' }
  | { kind: 'handovers' }
  | {
      kind: 'override'
      visitId: string
      shiftId: string
      recommended: string | null
      why: Why
      second?: SecondCar | null
    }
  | { kind: 'break'; shiftId: string; breakId: string | null }
  | { kind: 'reason'; what: 'withdraw' | 'cancel'; visitId: string }

class Dialogs {
  shown = $state<Dialog | null>(null)

  open(dialog: Dialog): void {
    this.shown = dialog
  }
  close(): void {
    this.shown = null
  }
}

export const dialogs = new Dialogs()
