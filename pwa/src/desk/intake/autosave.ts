/** Saves a draft half a second after the last change and keeps trying: what was typed is not lost to a bad line. */

import type { DraftBody } from '../server/types'

export type SaveState = 'clean' | 'waiting' | 'saving' | 'saved' | 'failing'
export interface AutosaveWorld {
  save(body: DraftBody): Promise<unknown>
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  onState(state: SaveState): void
}

export const QUIET_MS = 500
const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000]

export class Autosave {
  state: SaveState = 'clean'
  private latest: string | null = null
  private saved: string | null = null
  private timer: unknown = null
  private busy: Promise<void> | null = null
  private failures = 0
  private ended = false

  constructor(private world: AutosaveWorld) {}

  /** The form changed: remember it now, send it when the typing pauses. */
  touch(body: object): void {
    if (this.ended) return
    const text = JSON.stringify(body)
    if (text === (this.latest ?? this.saved)) return
    this.latest = text
    this.set('waiting')
    this.plan(QUIET_MS)
  }

  /** What came from the server counts as saved. */
  startFrom(body: object): void {
    this.saved = JSON.stringify(body)
    this.latest = this.saved
  }

  hasUnsaved(): boolean {
    return !this.ended && this.latest !== null && this.latest !== this.saved
  }

  async flush(): Promise<void> {
    this.world.clearTimeout(this.timer)
    await this.send()
  }

  /** The draft became a real thing or was thrown away: nothing may write it again. */
  async end(): Promise<void> {
    this.ended = true
    this.world.clearTimeout(this.timer)
    await this.busy
  }

  private plan(ms: number): void {
    this.world.clearTimeout(this.timer)
    this.timer = this.world.setTimeout(() => void this.send(), ms)
  }

  private async send(): Promise<void> {
    if (this.ended) return
    if (this.busy !== null) {
      await this.busy
      return this.send()
    }
    const text = this.latest
    if (text === null || text === this.saved) return
    this.set('saving')
    this.busy = this.world
      .save(JSON.parse(text) as DraftBody)
      .then(
        () => {
          this.saved = text
          this.failures = 0
          if (this.latest === text) this.set('saved')
          else this.plan(QUIET_MS)
        },
        () => {
          const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)]!
          this.failures += 1
          this.set('failing')
          if (!this.ended) this.plan(wait)
        },
      )
      .finally(() => {
        this.busy = null
      })
    await this.busy
  }

  private set(state: SaveState): void {
    this.state = state
    this.world.onState(state)
  }
}
