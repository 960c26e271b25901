/** What the desk does with the whole night. */
import type { Action } from '../board/action'
import { board } from '../board/board.svelte'
import { dialogs } from '../board/dialogs.svelte'

export const closeNight = (): Action => ({
  command: { word: 'sluit', preview: 'de nacht sluiten', help: 'sluit de nacht' },
  isPossible: board.data.night !== null && board.data.night.closed_at === null,
  run: () => dialogs.open({ kind: 'close_night' }),
})
export const handovers: Action = {
  command: { word: 'overdracht', preview: 'morgenoverdracht per organisatie' },
  run: () => dialogs.open({ kind: 'handovers' }),
}
