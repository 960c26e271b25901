/** The board as this desk last read it, and what follows from it. Nothing runs until the feed is started. */
import { api } from '../server/api'
import type { Board, BoardVisit, Car, Region } from '../server/types'
import { browserStream, LiveBoard, type LiveView } from './live'
import { carsSorted, normAlarms, openAlarms, standingAlarms, waitingForDecision } from './queue'
import { wallClock } from './wall-clock.svelte'

const EMPTY: Board = {
  seq: 0,
  epoch: '',
  server_time: '',
  night: null,
  waiting: [],
  visits: [],
  cars: [],
  alarms: [],
  changes: [],
}

class BoardStore {
  readonly feed = new LiveBoard({
    fetchBoard: api.board,
    openStream: () => browserStream('/api/v1/stream'),
    now: () => Date.now(),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as number),
  })
  live = $state.raw<LiveView>(this.feed.view)
  regions = $state.raw<Region[]>([])

  data = $derived(this.live.board ?? EMPTY)
  isLoaded = $derived(this.live.board !== null)
  /** The server's time: minutes left do not depend on the clock of this computer. */
  now = $derived(wallClock.now + this.live.clockOffset)
  cars = $derived(carsSorted(this.data))
  queue = $derived(waitingForDecision(this.data))
  alarms = $derived(openAlarms(this.data))
  /** Alarms with a card of their own, and those on the card of what waits. */
  standing = $derived(standingAlarms(this.data))
  norms = $derived(normAlarms(this.data))

  visit(id: string | null | undefined): BoardVisit | undefined {
    return this.data.visits.find((visit) => visit.id === id)
  }
  car(shiftId: string | null | undefined): Car | undefined {
    return this.data.cars.find((car) => car.shift_id === shiftId)
  }
}

export const board = new BoardStore()
