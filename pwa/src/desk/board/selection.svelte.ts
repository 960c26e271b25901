/** What this desk looks at: a line of the queue, a car, a tab, and the car that is in hand. */
import { tick } from 'svelte'
import type { Board } from '../server/types'
import { board } from './board.svelte'
import { step, subjectOf, walkOrder, type Selection } from './queue'

export type Tab = 'queue' | 'cars' | 'detail'

class SelectionStore {
  item = $state<Selection>(null)
  shownShift = $state<string | null>(null)
  /** The car that the desk has in hand for the selected visit; null means: the first choice. */
  chosenShift = $state<string | null>(null)
  tab = $state<Tab>('queue')

  alarm = $derived(
    this.item?.kind === 'alarm' ? board.data.alarms.find((alarm) => alarm.id === this.item?.id) : undefined,
  )
  waiting = $derived(
    this.item?.kind === 'waiting'
      ? board.data.waiting.find((item) => item.care_request_id === this.item?.id)
      : undefined,
  )
  /** The visit that is chosen, or the one that the chosen alarm is about. */
  visit = $derived(board.visit(this.item?.kind === 'visit' ? this.item.id : this.alarm?.visit_id))

  private followed: string | null = null

  /** Turns to something without leaving the tab that is open. */
  look(item: Selection): void {
    if (item?.id !== this.item?.id) this.chosenShift = null
    this.item = item
  }

  select(item: Selection): void {
    this.look(item)
    if (item !== null) this.tab = 'detail'
  }

  walk(by: 1 | -1): void {
    this.item = step(walkOrder(board.data), this.item, by)
    this.chosenShift = null
  }

  /** Select the visit of this question as soon as it is on the board. */
  follow(careRequestId: string): void {
    this.followed = careRequestId
    this.findFollowed()
  }

  private findFollowed(): void {
    if (this.followed === null) return
    const visit = board.data.visits.find((item) => item.care_request_id === this.followed)
    if (visit === undefined) return
    this.followed = null
    this.select({ kind: 'visit', id: visit.id })
    // The focus stays visible, and the next Enter sends the car.
    void tick().then(() => document.querySelector<HTMLElement>('.queue .card.chosen')?.focus())
  }

  /** A new board: what was looked at may have become something else, an alarm that ended, a question that is now a visit. */
  keepUp(before: Board): void {
    const now = board.data
    const id = this.item?.id
    if (this.item?.kind === 'alarm' && this.alarm === undefined) {
      const ended = before.alarms.find((alarm) => alarm.id === id)
      if (ended) this.look(subjectOf(ended, now))
    } else if (this.item?.kind === 'waiting' && this.waiting === undefined) {
      const visit = now.visits.find((item) => item.care_request_id === id)
      if (visit) this.look({ kind: 'visit', id: visit.id })
    } else if (this.item?.kind === 'visit' && now.night === null) {
      // The night was closed: what was looked at went with it.
      this.look(null)
    }
    this.findFollowed()
  }
}

export const selection = new SelectionStore()
