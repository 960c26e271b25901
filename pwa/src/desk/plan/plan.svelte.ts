/** The plan proposal on this desk: whether its panel is open, what is known of it, and what one can do with it. */
import { uuid7 as newId } from '$shared/uuid7'
import { tick } from 'svelte'
import { attempt } from '../board/attempt'
import { api } from '../server/api'
import type { Action } from '../board/action'
import { board } from '../board/board.svelte'
import { messages } from '../board/messages.svelte'
import { selection } from '../board/selection.svelte'
import type { PlanProposal } from '../server/types'

class Plan {
  isOpen = $state(false)
  /** May a proposal also move what the desk assigned itself? Asked anew every time: the careful answer is no. */
  includesAssigned = $state(false)
  isBusy = $state(false)
  /** What was read last; the board says whether it is still about the proposal that counts. */
  read = $state.raw<PlanProposal | null>(null)

  /** What the board knows; it is the one truth about where the proposal stands. */
  summary = $derived(board.data.night?.proposal ?? null)
  state = $derived(this.summary?.state ?? null)
  proposal = $derived(this.read !== null && this.read.id === this.summary?.id ? this.read : null)

  open(): void {
    this.isOpen = true
    selection.tab = 'cars'
    document.querySelector<HTMLElement>('#plan-title')?.focus()
  }
  /** Closing gives the focus back to what opened it. */
  close(): void {
    this.isOpen = false
    void tick().then(() => document.querySelector<HTMLElement>('#plan-button')?.focus())
  }
  toggle(): void {
    if (this.isOpen) this.close()
    else this.open()
  }

  /** Read what the board tells of; an answer that comes too late is not shown. */
  async look(id: string): Promise<void> {
    try {
      const found = await api.proposal(id)
      if (this.summary === null || this.summary.id === id) this.read = found
    } catch {
      setTimeout(() => void (this.isOpen && this.read?.id !== id && this.look(id)), 3000)
    }
  }

  async ask(): Promise<void> {
    const night = board.data.night
    if (night === null) return
    await this.act(() => api.askProposal(night.id, { id: newId(), includes_assigned: this.includesAssigned }))
    this.includesAssigned = false
  }
  async stop(): Promise<void> {
    await this.act((id) => api.stopProposal(id))
  }
  async accept(): Promise<void> {
    const done = await this.act((id) => api.acceptProposal(id))
    if (done)
      messages.say(
        'Het nieuwe plan rijdt. Auto’s met een andere route krijgen bericht.',
        'good',
        () => void this.undo(),
      )
  }
  async decline(reason: string): Promise<void> {
    const done = await this.act((id) => api.declineProposal(id, reason))
    if (done) messages.say('De routes blijven zoals ze zijn.')
  }
  async undo(): Promise<void> {
    const done = await this.act((id) => api.undoProposal(id))
    if (!done) return
    const kept = done.kept.length
    if (kept === 0) messages.say('Het plan is teruggezet.', 'good')
    else
      messages.say(
        `Teruggezet, behalve ${kept === 1 ? 'één bezoek dat' : `${kept} bezoeken die`} al verder ${kept === 1 ? 'was' : 'waren'}.`,
        'bad',
      )
  }

  private async act(work: (id: string) => Promise<PlanProposal>): Promise<PlanProposal | undefined> {
    if (this.isBusy) return undefined
    this.isBusy = true
    const done = await attempt(() => work(this.summary?.id ?? ''))
    if (done) this.read = done
    await board.feed.refetch()
    this.isBusy = false
    await tick()
    // The button that was pressed is gone: go on where the answer stands, and not at the top of the page.
    const here = document.activeElement
    if (this.isOpen && (here === null || here === document.body || here.closest('#plan-panel'))) {
      document.querySelector<HTMLElement>('#plan-title')?.focus()
    }
    return done
  }
}

export const plan = new Plan()

export const betterPlan: Action = {
  keys: ['r'],
  hint: 'beter plan',
  help: 'zoek een beter plan, en bekijk het',
  command: { word: 'plan', preview: 'een beter plan zoeken en bekijken', help: 'zoek een beter plan' },
  run: () => plan.open(),
}
