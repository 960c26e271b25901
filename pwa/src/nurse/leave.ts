/** Logging out of a phone that holds care: send, see that nothing is left, silence the bell, and leave no trace. */
import { logout, Problem } from '$shared/api'
import { forget } from './device/push'
import { night } from './night.svelte'
import { wipe } from './store'

/** Where it stands, or why it stopped. */
export type Leaving = 'sending' | 'unsent' | 'draft' | 'unreachable' | 'wiping'

export async function leave(evenWithDraft: boolean, tell: (state: Leaving) => void): Promise<void> {
  tell('sending')
  if ((await night.emptyOutbox()) > 0) return tell('unsent')
  if (night.drafts.length > 0 && !evenWithDraft) return tell('draft')
  await forget()
  try {
    await logout()
  } catch (error) {
    // A session that had ended already is no reason to stay.
    if (!(error instanceof Problem && error.status === 401)) return tell('unreachable')
  }
  tell('wiping')
  const store = await night.close()
  if (store) await wipe(store)
  for (const name of await caches.keys()) await caches.delete(name)
  for (const registration of (await navigator.serviceWorker?.getRegistrations()) ?? []) await registration.unregister()
  location.replace('/login?next=/phone/')
}
