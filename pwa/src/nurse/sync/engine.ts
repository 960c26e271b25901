/**
 * Sends what the nurse did and fetches what changed, one pass at a time, over a line that may fail at any moment.
 * Knows no browser: transport, store, clock, lock and timers are given, so that a test can lose, double and kill at will.
 */
import * as ledger from './ledger'
import { fact, type Store } from './store'
import type { Command, CommandAnswers, FeedPage, Queued } from './types'

export interface Transport {
  feed(after: number): Promise<FeedPage>
  commands(commands: Command[]): Promise<CommandAnswers>
}

/** What a transport throws. Anything else it throws counts as no answer. */
export class LineError extends Error {
  constructor(
    /** HTTP status; 0 when nothing came back. */
    readonly status: number,
    readonly code = '',
    readonly retryAfterMs: number | null = null,
  ) {
    super(`line ${status} ${code}`)
  }
}

export interface Clock {
  /** The phone's own clock, right or wrong. */
  now(): number
  /** Milliseconds that only go forward. */
  monotonic(): number
}

/** One sync at a time over all tabs; resolves when `work` has. */
export type Lock = <T>(work: () => Promise<T>) => Promise<T>

/** online: everything went through.  offline: no answer, tried again later.  login: the house wants to know who this is. */
export type Line = 'online' | 'offline' | 'login'

export interface Pass {
  line: Line
  retryAfterMs: number | null
}

interface Parts {
  store: Store
  transport: Transport
  clock: Clock
  lock: Lock
}

/** A whole request that is wrong by itself: sending it again the same way can never help. */
const POISON = new Set([400, 404, 405, 409, 413, 415, 422])
const MAX_PAGES = 100

/** After this long without news the house may have come back from a backup: hear that before sending on. */
const STALE_MS = 20_000

/** One pass: first everything out, in order, then everything in. Never throws for what a line can do to us. */
export function pass({ lock, ...parts }: Parts): Promise<Pass> {
  return lock(async () => {
    try {
      await listenFirst(parts)
      await push(parts)
      await pull(parts)
      return { line: 'online', retryAfterMs: null }
    } catch (error) {
      if (!(error instanceof LineError)) throw error
      const needsLogin = error.status === 401 || error.status === 403 || error.status === 423
      return { line: needsLogin ? 'login' : 'offline', retryAfterMs: error.retryAfterMs }
    }
  })
}

type Unlocked = Omit<Parts, 'lock'>

/**
 * A house that lost its last hour to a backup wants to hear that hour again before anything newer, or the order breaks.
 * An alarm waits for nothing, and a feed that is broken does not keep reports on the phone.
 */
async function listenFirst(parts: Unlocked): Promise<void> {
  const { store, clock } = parts
  const [synced, commands] = await store.read(
    async (tx) => [await fact(tx, 'synced'), await tx.all('commands')] as const,
  )
  const waiting = commands.filter((row) => row.state === 'waiting')
  if (waiting.length === 0 || waiting.some((row) => row.command.kind === 'alarm')) return
  if (synced && Math.abs(clock.now() - synced.at_ms) < STALE_MS) return
  try {
    await pull(parts)
  } catch (error) {
    if (!isItsOwnFault(error)) throw error
  }
}

async function push(parts: Unlocked): Promise<void> {
  for (;;) {
    const due = await ledger.take(parts.store, parts.clock.now())
    if (due.length === 0) return
    if (due.some((row) => row.failures > 0)) {
      await pushOneByOne(parts, due)
      continue
    }
    try {
      if ((await send(parts, due)) < due.length) await pushOneByOne(parts, await stillWaiting(parts.store, due))
    } catch (error) {
      if (!isItsOwnFault(error)) throw error
      await pushOneByOne(parts, due)
    }
  }
}

/**
 * Finds the command on which the house chokes. It may be passed only after PATIENCE failures, and it is set aside only
 * when its neighbour does go through: otherwise the house is ill, not the command.
 */
async function pushOneByOne(parts: Unlocked, due: Queued[]): Promise<void> {
  const choking: { id: string; code: string }[] = []
  const { store, clock } = parts
  for (const row of due) {
    try {
      if ((await send(parts, [row])) === 0) throw new LineError(500, 'no_answer')
      for (const { id, code } of choking.splice(0)) await ledger.park(store, id, code, clock.now())
    } catch (error) {
      if (!isItsOwnFault(error)) throw error
      if (POISON.has(error.status)) {
        await ledger.park(store, row.id, error.code, clock.now())
        continue
      }
      if ((await ledger.countFailure(store, row.id)) < ledger.PATIENCE) throw error
      choking.push({ id: row.id, code: error.code })
    }
  }
  if (choking.length > 0) throw new LineError(500, choking[0]!.code)
}

const isItsOwnFault = (error: unknown): error is LineError =>
  error instanceof LineError && (POISON.has(error.status) || error.status === 500)

/** Sends and settles; returns how many of these were answered. */
async function send({ store, transport, clock }: Unlocked, due: Queued[]): Promise<number> {
  const answers = await measured(store, clock, () => transport.commands(due.map((row) => row.command)))
  const mine = new Set(due.map((row) => row.id))
  return ledger.settle(
    store,
    answers.results.filter((answer) => mine.has(answer.id)),
  )
}

async function stillWaiting(store: Store, due: Queued[]): Promise<Queued[]> {
  return store.read(async (tx) => {
    const rows = await Promise.all(due.map((row) => tx.get('commands', row.id)))
    return rows.filter((row): row is Queued => row?.state === 'waiting')
  })
}

async function pull(parts: Unlocked): Promise<void> {
  const { store, clock } = parts
  const nowIso = () => new Date(clock.now()).toISOString()
  for (let count = 0; count < MAX_PAGES; count++) {
    const [place, known] = await store.read(async (tx) => [await fact(tx, 'place'), await fact(tx, 'shift')] as const)
    const after = place?.cursor ?? 0
    const page = await fetchPage(parts, after)
    const isNewStart = !place || page.reset || page.epoch !== place.epoch || page.shift?.id !== known?.shift?.id
    if (isNewStart) {
      const pages = after === 0 ? await rest(parts, [page]) : await rest(parts, [await fetchPage(parts, 0)])
      await ledger.applySnapshot(store, pages, nowIso())
      break
    }
    await ledger.applyPage(store, after, page, nowIso())
    if (!page.more || page.cursor <= after) break
  }
  await store.write((tx) => tx.put('facts', { id: 'synced', at_ms: clock.now() }))
}

/** The pages of a snapshot after the first. A house that restarts in between makes it worthless: then the next pass tries. */
async function rest(parts: Unlocked, pages: FeedPage[]): Promise<FeedPage[]> {
  for (let last = pages[0]!; last.more && pages.length < MAX_PAGES;) {
    const page = await fetchPage(parts, last.cursor)
    if (page.epoch !== last.epoch || page.cursor <= last.cursor) throw new LineError(503, 'snapshot_broke_off')
    pages.push(page)
    last = page
  }
  return pages
}

const fetchPage = ({ store, transport, clock }: Unlocked, after: number): Promise<FeedPage> =>
  measured(store, clock, () => transport.feed(after))

/** Keeps how far the phone's clock is from the house's, taken halfway the request. */
async function measured<T extends { server_time: string }>(
  store: Store,
  clock: Clock,
  ask: () => Promise<T>,
): Promise<T> {
  const asked = clock.now()
  const askedTick = clock.monotonic()
  const answer = await ask()
  const tookMs = clock.monotonic() - askedTick
  const offset = Math.round(Date.parse(answer.server_time) - (asked + tookMs / 2))
  if (!Number.isFinite(offset)) return answer
  await store.write(async (tx) => {
    const known = (await fact(tx, 'clock'))?.offset_ms
    // A few hundred milliseconds are the line's, not the clock's: no need to write at every poll.
    if (known === undefined || Math.abs(known - offset) > 500) await tx.put('facts', { id: 'clock', offset_ms: offset })
  })
  return answer
}
