/** Does it, and says in Dutch when it did not work; either way the board is read again. */
import { Problem } from '$shared/api'
import { board } from './board.svelte'
import { messages } from './messages.svelte'

export async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401))
      messages.say(error instanceof Error ? error.message : 'Dit lukte niet.', 'bad')
    return undefined
  } finally {
    board.feed.nudge(0)
  }
}
