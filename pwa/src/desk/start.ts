/** Sets the desk going: who is here, the board that keeps itself fresh, and what each new board means to the others. */
import { onSignedOut } from '$shared/api'
import { bell } from './board/bell.svelte'
import { board } from './board/board.svelte'
import type { LiveView } from './board/live'
import { selection } from './board/selection.svelte'
import { session } from './board/session.svelte'
import { wallClock } from './board/wall-clock.svelte'
import { writing } from './intake/writing.svelte'
import { api } from './server/api'

export async function start(): Promise<void> {
  onSignedOut(() => (session.isOver = session.who !== null))
  board.feed.subscribe(receive)
  setInterval(() => {
    wallClock.tick()
    bell.tick(board.data, wallClock.now)
  }, 1000)
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) board.feed.nudge(0)
  })
  addEventListener('online', () => board.feed.nudge(0))
  await signIn()
  await board.feed.start()
}

/** Who is at the desk; also after logging in again over what was being typed. */
export async function signIn(): Promise<void> {
  try {
    await session.begin()
    board.feed.nudge(0)
    board.regions = (await api.regions()).regions
    await writing.readDrafts()
  } catch (error) {
    if ((error as { status?: number }).status === 401) session.end()
  }
}

function receive(view: LiveView): void {
  const before = board.live.board
  board.live = view
  if (view.board === null || view.board === before) return
  selection.keepUp(before ?? view.board)
  bell.hear(view.board)
}
