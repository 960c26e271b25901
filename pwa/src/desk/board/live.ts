/** Keeps the board fresh: a stream that says "something changed", a refetch that says what, and polling when there is no stream. */
import type { Board } from '../server/types'

export type StreamState = 'connecting' | 'stream' | 'polling'
export type Trouble = 'none' | 'offline' | 'refused' | 'signed_out' | 'server'

export interface LiveView {
  board: Board | null
  stream: StreamState
  trouble: Trouble
  /** Local clock (ms) of the last answer, so that the age of what is on the screen can be shown. */
  freshAt: number | null
  /** Server clock minus local clock in ms, so that minutes left do not depend on this computer's clock. */
  clockOffset: number
}

/** The few things of the outside world that the feed needs; tests bring their own. */
export interface LiveWorld {
  fetchBoard(): Promise<Board>
  /** Opens the stream; null where there is no EventSource. What happened before it opened is read with the board. */
  openStream(): StreamLike | null
  now(): number
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}
export interface StreamLike {
  onopen: (() => void) | null
  onerror: (() => void) | null
  onchange: (() => void) | null
  isClosed(): boolean
  close(): void
}

export const DEBOUNCE_MS = 150
export const CHECK_MS = 10_000
export const POLL_MS = 5_000
export const RECONNECT_MS = 15_000

export class LiveBoard {
  view: LiveView = { board: null, stream: 'connecting', trouble: 'none', freshAt: null, clockOffset: 0 }
  private listeners = new Set<(view: LiveView) => void>()
  private stream: StreamLike | null = null
  private refetchTimer: unknown = null
  private checkTimer: unknown = null
  private reconnectTimer: unknown = null
  private running = false
  private again = false
  private stopped = true

  constructor(private world: LiveWorld) {}

  subscribe(listener: (view: LiveView) => void): () => void {
    this.listeners.add(listener)
    listener(this.view)
    return () => this.listeners.delete(listener)
  }

  async start(): Promise<void> {
    this.stopped = false
    await this.refetch()
    this.connect()
  }

  stop(): void {
    this.stopped = true
    this.stream?.close()
    this.stream = null
    for (const timer of [this.refetchTimer, this.checkTimer, this.reconnectTimer]) this.world.clearTimeout(timer)
  }

  /** Ask for a fresh board soon; many calls in a row become one request. */
  nudge(ms = DEBOUNCE_MS): void {
    if (this.stopped || this.refetchTimer !== null) return
    this.refetchTimer = this.world.setTimeout(() => {
      this.refetchTimer = null
      void this.refetch()
    }, ms)
  }

  /** Fetch now. A change that arrives while a fetch is under way leads to one more fetch, never to a lost change. */
  async refetch(): Promise<void> {
    if (this.running) {
      this.again = true
      return
    }
    this.running = true
    try {
      const board = await this.world.fetchBoard()
      const local = this.world.now()
      this.accept(board, local)
    } catch (error) {
      this.publish({ trouble: troubleOf(error) })
    } finally {
      this.running = false
      this.planCheck()
      if (this.again) {
        this.again = false
        this.nudge(0)
      }
    }
  }

  private accept(board: Board, local: number): void {
    const epochChanged = this.view.board !== null && this.view.board.epoch !== board.epoch
    // A slow answer that is older than what is on the screen is not shown, unless the server was restored from a backup.
    if (!epochChanged && this.view.board !== null && board.seq < this.view.board.seq) return this.nudge()
    this.publish({
      board,
      trouble: 'none',
      freshAt: local,
      clockOffset: Date.parse(board.server_time) - local,
    })
    if (epochChanged) this.reconnect(0)
  }

  /** Also without a change the board is read again: a stream can be dead without telling. */
  private planCheck(): void {
    if (this.stopped) return
    this.world.clearTimeout(this.checkTimer)
    this.checkTimer = this.world.setTimeout(
      () => void this.refetch(),
      this.view.stream === 'stream' && this.view.trouble === 'none' ? CHECK_MS : POLL_MS,
    )
  }

  private connect(): void {
    if (this.stopped) return
    const stream = this.world.openStream()
    this.stream = stream
    if (stream === null) {
      this.publish({ stream: 'polling' })
      return
    }
    stream.onopen = () => {
      this.publish({ stream: 'stream' })
      this.nudge() // whatever happened between the last fetch and this moment
    }
    stream.onchange = () => this.nudge()
    stream.onerror = () => {
      this.publish({ stream: 'polling' })
      this.planCheck()
      // The browser reconnects by itself after a dropped line, but gives up after a 503: then we try again.
      if (stream.isClosed()) this.reconnect(RECONNECT_MS)
    }
  }

  private reconnect(ms: number): void {
    this.stream?.close()
    this.stream = null
    this.world.clearTimeout(this.reconnectTimer)
    this.reconnectTimer = this.world.setTimeout(() => this.connect(), ms)
  }

  private publish(part: Partial<LiveView>): void {
    this.view = { ...this.view, ...part }
    for (const listener of this.listeners) listener(this.view)
  }
}

function troubleOf(error: unknown): Trouble {
  const status = (error as { status?: number } | null)?.status
  if (status === undefined || status === 0) return 'offline'
  if (status === 401) return 'signed_out'
  if (status === 403 || status === 404) return 'refused'
  return 'server'
}

export type Freshness = 'live' | 'old' | 'stale'
/** How old what is on the screen may be before it is said (15 s) and before it is striped (30 s). */
export function freshness(freshAt: number | null, now: number): { age_s: number; state: Freshness } {
  if (freshAt === null) return { age_s: 0, state: 'old' }
  const age_s = Math.max(0, Math.floor((now - freshAt) / 1000))
  return { age_s, state: age_s >= 30 ? 'stale' : age_s >= 12 ? 'old' : 'live' }
}

/** EventSource behind the small face above; the browser itself resumes by Last-Event-ID. */
export function browserStream(url: string): StreamLike | null {
  if (typeof EventSource === 'undefined') return null
  const source = new EventSource(url)
  const stream: StreamLike = {
    onopen: null,
    onerror: null,
    onchange: null,
    isClosed: () => source.readyState === EventSource.CLOSED,
    close: () => source.close(),
  }
  source.onopen = () => stream.onopen?.()
  source.onerror = () => stream.onerror?.()
  source.addEventListener('change', () => stream.onchange?.())
  return stream
}
