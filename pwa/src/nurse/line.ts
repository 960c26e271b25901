/** The engine's transport over HTTP. Every refusal becomes a LineError; everything else that goes wrong is "no answer". */
import { Problem, request } from '$shared/api'
import type { Body } from '$shared/document'
import { LineError, type Transport } from './sync/engine'
import type { CommandAnswers, FeedPage } from './sync/types'

const PAGE = 200

async function asLine<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Problem) {
      throw new LineError(
        error.status,
        error.code,
        error.retryAfterSeconds === null ? null : error.retryAfterSeconds * 1000,
      )
    }
    throw new LineError(0, 'unreachable')
  }
}

export const line: Transport = {
  feed: (after) => asLine(() => request<FeedPage>(`/feed?after=${after}&limit=${PAGE}`)),
  commands: (commands) =>
    // A body under 64 kB may outlive the page: what is sent while she puts the phone away.
    asLine(() => {
      const keepalive = document.visibilityState === 'hidden' && JSON.stringify(commands).length < 50_000
      const body: Body<'/commands', 'post'> = { commands }
      return request<CommandAnswers>('/commands', { method: 'POST', body, keepalive })
    }),
}
