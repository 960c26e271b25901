/** The screens behind the first one. Fetched as soon as the first stands still, so that a tunnel never finds one missing. */
import { night } from '../night.svelte'
import type * as Later from './later'

class Screens {
  loaded = $state.raw<typeof Later | null>(null)

  /** Again and again until it is there: the line may be bad. */
  async load(): Promise<void> {
    try {
      if (this.loaded) return
      this.loaded = await import('./later')
      this.loaded.registerWorker(() => void night.heard())
      void this.loaded.recheck()
    } catch {
      setTimeout(() => void this.load(), 3000)
    }
  }
}

export const screens = new Screens()
