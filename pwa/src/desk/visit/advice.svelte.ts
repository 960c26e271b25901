/** Who can go to one visit, as the planner advises it, and the car that the desk has in hand. */
import type { Action } from '../board/action'
import { board } from '../board/board.svelte'
import { Busy } from '../board/busy.svelte'
import { dialogs } from '../board/dialogs.svelte'
import { selection } from '../board/selection.svelte'
import { api } from '../server/api'
import type { BoardVisit, Recommendation } from '../server/types'
import { assign } from './actions'
import { whyReason } from './override'

const ASK_AGAIN_MS = 4000

export class Advice {
  private readonly visitNow: () => BoardVisit
  readonly busy = new Busy()
  answer = $state.raw<Recommendation | null>(null)
  failed = $state('')
  isAll = $state(false)

  visit = $derived.by(() => this.visitNow())
  options = $derived(this.answer?.options ?? [])
  /** A car asked for by name is never silently replaced by another one. */
  chosen = $derived(
    selection.chosenShift === null
      ? this.options[0]
      : this.options.find((option) => option.shift_id === selection.chosenShift),
  )
  shown = $derived(
    this.isAll || this.options.length <= 4 || (this.chosen && this.options.indexOf(this.chosen) > 2)
      ? this.options
      : this.options.slice(0, 3),
  )
  areAllEstimated = $derived(this.options.length > 0 && this.options.every((option) => option.travel_source === 'crow'))
  askedCar = $derived(board.car(selection.chosenShift))
  /** There is no advice: a car that was asked for by name can go without. */
  isUnadvised = $derived(this.failed !== '' && this.answer === null)
  canSend = $derived(!this.busy.is && (this.isUnadvised ? this.askedCar : this.chosen) !== undefined)
  /** Asked again when the visit, the plan or a car changed; not at every second. */
  question = $derived(
    `${this.visit.id} ${this.visit.version} ${board.data.night?.plan_version} ${board.cars.map((car) => `${car.state}${car.is_woken}`).join()}`,
  )
  private again: ReturnType<typeof setTimeout> | undefined

  constructor(visitNow: () => BoardVisit) {
    this.visitNow = visitNow
  }

  /** A slow line, or a planner that was still starting, mends itself: ask again until there is a full answer. */
  async read(): Promise<void> {
    this.rest()
    const { id } = this.visit
    let isWhole = false
    try {
      const answer = await api.recommendation(id)
      if (id !== this.visit.id) return
      ;[this.answer, this.failed] = [answer, '']
      isWhole = answer.source !== 'rules_only'
    } catch (error) {
      if (id !== this.visit.id) return
      this.failed = error instanceof Error ? error.message : ''
    }
    if (!isWhole) this.again = setTimeout(() => void this.read(), ASK_AGAIN_MS)
  }
  rest(): void {
    clearTimeout(this.again)
  }

  /** By its number in the list. */
  choose(number: number): void {
    const option = this.shown[number - 1]
    if (option) selection.chosenShift = option.shift_id
  }

  async send(): Promise<void> {
    const { visit, chosen, askedCar } = this
    if (this.isUnadvised) {
      if (askedCar === undefined) return
      const { shift_id: shiftId, car_name: carName } = askedCar
      return this.busy.during(() => assign({ visit, shiftId, carName, recommendedShiftId: null }))
    }
    if (chosen === undefined || this.busy.is) return
    const { shift_id: shiftId, car_name: carName, second } = chosen
    const why = whyReason(chosen)
    if (why === null)
      return this.busy.during(() => assign({ visit, shiftId, carName, recommendedShiftId: shiftId, second }))
    const recommended = this.options[0]?.shift_id ?? null
    dialogs.open({ kind: 'override', visitId: visit.id, shiftId, recommended, why, second })
  }
}

/** The advice that is on the screen, if any: the keys send its car. */
export const onScreen = $state<{ advice: Advice | null }>({ advice: null })

export const sendCar = (advice: Advice | null): Action => ({
  keys: ['a'],
  hint: 'toewijzen',
  help: 'toewijzen: stuur de gekozen auto',
  isPossible: advice?.canSend ?? false,
  run: () => advice?.send(),
})
export const chooseCar = (advice: Advice | null): Action => ({
  keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
  hint: 'auto',
  help: 'kies een auto',
  isPossible: advice !== null,
  run: (key) => advice?.choose(Number(key)),
})
