/** Who is at this desk, and whether the server still knows it. */
import { session as askSession, type Session } from '$shared/api'

class SessionStore {
  who = $state.raw<Session | null>(null)
  isOver = $state(false)

  async begin(): Promise<void> {
    this.who = await askSession()
    this.isOver = false
  }
  /** Whoever was at work logs in again over it; else the login page comes first. */
  end(): void {
    if (this.who === null) location.assign('/login?next=/desk/')
    else this.isOver = true
  }
}

export const session = new SessionStore()
