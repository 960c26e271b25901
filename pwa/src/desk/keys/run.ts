/** Runs what the command bar understood. */
import { perform } from '../board/action'
import { board } from '../board/board.svelte'
import { selection } from '../board/selection.svelte'
import { breakNow, endBreak, wake } from '../cars/actions'
import { isToCome, restingBreak } from '../cars/breaks'
import { setStatus } from '../visit/actions'
import type { Command } from './command'

export async function run(command: Command): Promise<void> {
  switch (command.kind) {
    case 'status':
      return setStatus(command.visit, command.status, command.happened_at)
    case 'assign':
      selection.select({ kind: 'visit', id: command.visit.id })
      selection.chosenShift = command.car.shift_id
      return
    case 'show_car':
      selection.shownShift = command.car.shift_id
      selection.tab = 'cars'
      return
    case 'break': {
      const resting = restingBreak(command.car, board.now)
      return resting
        ? endBreak(resting.id, command.car.car_name)
        : breakNow(command.car, command.car.breaks.find(isToCome))
    }
    case 'wake':
      return wake(command.car.shift_id, command.car.car_name)
    case 'show_visit':
      return selection.select({ kind: 'visit', id: command.visit.id })
    case 'show_waiting':
      return selection.select({ kind: 'waiting', id: command.id })
    case 'action':
      return perform(command.action)
  }
}
