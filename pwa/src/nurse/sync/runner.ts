/** Decides when to sync: at once when something happens, again and again while the app is open, politely after failures. */
import { waitMs } from './backoff'
import { pass, type Line, type Lock, type Pass, type Transport, type Clock } from './engine'
import type { Store } from './store'

export const POLL_MS = 15_000

export interface Timers {
  set(work: () => void, ms: number): unknown
  clear(timer: unknown): void
}

interface Parts {
  store: Store
  transport: Transport
  clock: Clock
  lock: Lock
  timers: Timers
  random?: () => number
  /** After every pass, and whenever the line changes. */
  changed(line: Line, failure?: unknown): void
}

export class Runner {
  line: Line = 'online'
  private running: Promise<void> | null = null
  private again = false
  private failures = 0
  private timer: unknown = null
  private stopped = false

  constructor(private readonly parts: Parts) {}

  /** Something happened: sync now. Calls that arrive meanwhile become one more pass after this one. */
  now(): Promise<void> {
    if (this.stopped) return Promise.resolve()
    if (this.running) {
      this.again = true
      return this.running
    }
    this.parts.timers.clear(this.timer)
    this.running = this.loop().finally(() => {
      this.running = null
      if (!this.stopped) this.schedule()
    })
    return this.running
  }

  /** Stops for good and waits for the pass that is under way. */
  async stop(): Promise<void> {
    this.stopped = true
    this.parts.timers.clear(this.timer)
    await this.running
  }

  private nextWait: number | null = null

  private async loop(): Promise<void> {
    do {
      this.again = false
      let result: Pass
      let failure: unknown
      try {
        result = await pass(this.parts)
      } catch (error) {
        // Not the line but ourselves: a database that closed under us. Try again as after a failed line.
        result = { line: 'offline', retryAfterMs: null }
        failure = error
      }
      this.line = result.line
      this.failures = result.line === 'online' ? 0 : this.failures + 1
      this.nextWait =
        result.line === 'online' ? POLL_MS : waitMs(this.failures - 1, result.retryAfterMs, this.parts.random)
      this.parts.changed(this.line, failure)
    } while (this.again && this.line === 'online' && !this.stopped)
  }

  private schedule(): void {
    this.timer = this.parts.timers.set(() => void this.now(), this.nextWait ?? POLL_MS)
  }
}
