/** The screens behind the first one. Fetched as soon as the first stands still, so that a tunnel never finds one missing. */
import type * as Later from './later'

class Screens {
  loaded = $state.raw<typeof Later | null>(null)

  /** Again and again until it is there: the line may be bad. */
  async load(): Promise<void> {
    try {
      this.loaded ??= await import('./later')
      await this.loaded.recheck()
    } catch {
      setTimeout(() => void this.load(), 3000)
    }
  }
}

export const screens = new Screens()
