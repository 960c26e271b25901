/** What the desk knows and shows: one object for the whole screen. What people do with it is in actions.ts. */
import { session as askSession, type Session } from '$shared/api'
import { tick } from 'svelte'
import type { SecondCar } from '../actions'
import { api, onSignedOut } from '../server/api'
import type { IntakeForm } from '../intake/form'
import { browserStream, LiveBoard, type LiveView } from './live'
import {
  carsSorted,
  normAlarms,
  openAlarms,
  standingAlarms,
  step,
  subjectOf,
  waitingForDecision,
  walkOrder,
  type Selection,
} from './queue'
import { cueFor, REPEAT_MS, rings, Sound } from './sound'
import type { Board, Client, IntakeDraft, Region } from '../server/types'

/** Why a car needs a reason: another one is better, the rules object softly, or nobody may go without a doctor's word. */
export type Why = 'not_first' | 'other_region' | 'shift_too_short' | 'on_break' | 'named'
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
export type Tab = 'queue' | 'cars' | 'detail'
export interface Toast {
  id: number
  text: string
  tone: 'good' | 'bad' | 'plain'
  undo: (() => void) | null
  until: number
}

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

class Desk {
  session = $state.raw<Session | null>(null)
  isSignedOut = $state(false)
  live = $state.raw<LiveView>({ board: null, stream: 'connecting', trouble: 'none', freshAt: null, clockOffset: 0 })
  regions = $state.raw<Region[]>([])
  drafts = $state.raw<IntakeDraft[]>([])
  localNow = $state(Date.now())
  selected = $state<Selection>(null)
  shownShift = $state<string | null>(null)
  /** The car that the desk has in hand for the selected visit; null means: the first choice. */
  chosenShift = $state<string | null>(null)
  intake = $state<IntakeForm | null>(null)
  dialog = $state<Dialog | null>(null)
  tab = $state<Tab>('queue')
  isCommanding = $state(false)
  isSoundOn = $state(false)
  toasts = $state<Toast[]>([])
  /** Read aloud by a screen reader: alarms at once, the rest when it suits. */
  spoken = $state({ now: '', later: '' })

  board = $derived(this.live.board ?? EMPTY)
  now = $derived(this.localNow + this.live.clockOffset)
  alarms = $derived(openAlarms(this.board))
  /** Alarms with a card of their own, and those on the card of what waits. */
  standing = $derived(standingAlarms(this.board))
  norms = $derived(normAlarms(this.board))
  queue = $derived(waitingForDecision(this.board))
  cars = $derived(carsSorted(this.board))
  selectedVisit = $derived(
    this.selected?.kind === 'visit' ? this.board.visits.find((visit) => visit.id === this.selected?.id) : undefined,
  )
  selectedWaiting = $derived(
    this.selected?.kind === 'waiting'
      ? this.board.waiting.find((item) => item.care_request_id === this.selected?.id)
      : undefined,
  )

  readonly sound = new Sound()
  private knownUrgent: Set<string> | null = null
  private lastSound = 0
  private toastNumber = 0
  private followed: string | null = null
  readonly feed = new LiveBoard({
    fetchBoard: api.board,
    openStream: () => browserStream('/api/v1/stream'),
    now: () => Date.now(),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as number),
  })

  async start(): Promise<void> {
    onSignedOut(() => (this.isSignedOut = this.session !== null))
    this.feed.subscribe((view) => this.receive(view))
    setInterval(() => this.tick(), 1000)
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.feed.nudge(0)
    })
    addEventListener('online', () => this.feed.nudge(0))
    await this.signIn()
    await this.feed.start()
  }

  /** Who is at the desk; also after logging in again over what was being typed. */
  async signIn(): Promise<void> {
    try {
      this.session = await askSession()
      this.isSignedOut = false
      this.feed.nudge(0)
      this.regions = (await api.regions()).regions
      await this.readDrafts()
    } catch (error) {
      if ((error as { status?: number }).status !== 401) return
      if (this.session === null) location.assign('/login?next=/desk/')
      else this.isSignedOut = true
    }
  }

  async readDrafts(): Promise<void> {
    try {
      this.drafts = (await api.drafts()).drafts
    } catch {
      // Drafts are offered again at the next start; the board matters more.
    }
  }

  /** Turns to something without leaving the tab that is open. */
  look(selection: Selection): void {
    if (selection?.id !== this.selected?.id) this.chosenShift = null
    this.selected = selection
  }

  select(selection: Selection): void {
    this.look(selection)
    if (selection !== null) this.tab = 'detail'
  }

  /** Select the visit of this question as soon as it is on the board. */
  follow(careRequestId: string): void {
    this.followed = careRequestId
    this.findFollowed()
  }

  private findFollowed(): void {
    const visit = this.board.visits.find((item) => item.care_request_id === this.followed)
    if (visit === undefined) return
    this.followed = null
    this.select({ kind: 'visit', id: visit.id })
    // The focus stays visible, and the next Enter sends the car.
    void tick().then(() => document.querySelector<HTMLElement>('.queue .card.chosen')?.focus())
  }

  walk(by: 1 | -1): void {
    this.selected = step(walkOrder(this.board), this.selected, by)
    this.chosenShift = null
  }

  say(text: string, tone: Toast['tone'] = 'plain', undo: (() => void) | null = null): void {
    this.toastNumber += 1
    // What went wrong stays long enough to be read twice; an undo stays for eight seconds.
    const stays = undo ? 8_000 : tone === 'bad' ? 12_000 : 5_000
    const toast = { id: this.toastNumber, text, tone, undo, until: Date.now() + stays }
    this.toasts = [...this.toasts.slice(-2), toast]
    if (tone === 'bad') this.spoken.now = text
    else this.spoken.later = text
  }
  dismiss(id: number): void {
    this.toasts = this.toasts.filter((toast) => toast.id !== id)
  }

  private receive(view: LiveView): void {
    const hadBoard = this.live.board
    this.live = view
    if (view.board === null || view.board === hadBoard) return
    this.lookOn(view.board, hadBoard)
    if (this.followed !== null) this.findFollowed()
    this.listen(view.board)
  }

  /** What was looked at became something else: an alarm that ended, a question that is now a visit. */
  private lookOn(board: Board, before: Board | null): void {
    const id = this.selected?.id
    if (this.selected?.kind === 'alarm' && !board.alarms.some((alarm) => alarm.id === id)) {
      const ended = before?.alarms.find((alarm) => alarm.id === id)
      if (ended) this.look(subjectOf(ended, board))
    } else if (this.selected?.kind === 'waiting' && !board.waiting.some((item) => item.care_request_id === id)) {
      const visit = board.visits.find((item) => item.care_request_id === id)
      if (visit) this.look({ kind: 'visit', id: visit.id })
    } else if (this.selected?.kind === 'visit' && board.night === null) {
      // The night was closed: what was looked at went with it.
      this.look(null)
    }
  }

  private listen(board: Board): void {
    // What was already there when the desk was opened is on the screen; it needs no sound.
    const { cue, urgent } = cueFor(board, this.knownUrgent ?? new Set(board.visits.map((visit) => visit.id)))
    this.knownUrgent = urgent
    if (cue === 'urgent') {
      this.sound.play('urgent')
      this.spoken.now = 'Nieuwe U2 wacht op een auto.'
    }
    const newest = openAlarms(board).at(-1)
    const text = newest ? `Alarm: ${newest.car_name ?? ''} ${newest.reference ?? ''}` : ''
    if (text !== this.spoken.now && newest) this.spoken.now = text
  }

  private tick(): void {
    this.localNow = Date.now()
    this.isSoundOn = this.sound.isOn
    if (this.toasts.some((toast) => toast.until <= this.localNow)) {
      this.toasts = this.toasts.filter((toast) => toast.until > this.localNow)
    }
    if (rings(this.board) && this.localNow - this.lastSound >= REPEAT_MS) {
      this.lastSound = this.localNow
      this.sound.play('alarm')
    }
  }
}

export const desk = new Desk()
