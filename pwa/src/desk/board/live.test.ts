import { beforeEach, expect, test } from 'vitest'
import { aBoard, NOW } from '../builders'
import {
  CHECK_MS,
  DEBOUNCE_MS,
  freshness,
  LiveBoard,
  POLL_MS,
  RECONNECT_MS,
  type LiveWorld,
  type StreamLike,
} from './live'
import type { Board } from '../server/types'

/** A world whose clock only moves when the test says so. */
class FakeWorld implements LiveWorld {
  clock = NOW
  fetches = 0
  boards: (Board | Error | Promise<Board>)[] = []
  streams: (StreamLike & { closed: boolean })[] = []
  hasStream = true
  private timers: { at: number; run: () => void }[] = []

  fetchBoard(): Promise<Board> {
    this.fetches += 1
    const next = this.boards.length > 1 ? this.boards.shift()! : this.boards[0]!
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next)
  }
  openStream(): StreamLike | null {
    if (!this.hasStream) return null
    const stream = {
      onopen: null,
      onerror: null,
      onchange: null,
      closed: false,
      isClosed() {
        return this.closed
      },
      close() {
        this.closed = true
      },
    }
    this.streams.push(stream)
    return stream
  }
  now = () => this.clock
  setTimeout(run: () => void, ms: number): unknown {
    const timer = { at: this.clock + ms, run }
    this.timers.push(timer)
    return timer
  }
  clearTimeout(timer: unknown): void {
    this.timers = this.timers.filter((item) => item !== timer)
  }
  async pass(ms: number): Promise<void> {
    const until = this.clock + ms
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.clock = due.at
      this.clearTimeout(due)
      due.run()
      await settled()
    }
    this.clock = until
  }
}
const settled = async () => {
  for (let i = 0; i < 8; i += 1) await Promise.resolve()
}
const problem = (status: number) => Object.assign(new Error(), { status })

let world: FakeWorld
let live: LiveBoard
beforeEach(() => {
  world = new FakeWorld()
  world.boards = [aBoard({ seq: 1 })]
  live = new LiveBoard(world)
})

test('many changes in a row lead to one fetch', async () => {
  await live.start()
  world.streams[0]!.onopen!()
  await world.pass(DEBOUNCE_MS)
  const before = world.fetches
  for (let i = 0; i < 20; i += 1) world.streams[0]!.onchange!()
  await world.pass(DEBOUNCE_MS)
  expect(world.fetches).toBe(before + 1)
  expect(live.view.stream).toBe('stream')
})

test('a change that comes during a fetch is not lost', async () => {
  await live.start()
  let answer: (board: Board) => void = () => undefined
  world.boards = [new Promise<Board>((resolve) => (answer = resolve)), aBoard({ seq: 3 })]
  live.nudge()
  await world.pass(DEBOUNCE_MS)
  world.streams[0]!.onchange!()
  await world.pass(DEBOUNCE_MS)
  answer(aBoard({ seq: 2 }))
  await settled()
  await world.pass(1)
  expect(live.view.board!.seq).toBe(3)
})

test('an older answer never replaces a newer board, but a restored server does', async () => {
  world.boards = [aBoard({ seq: 9 }), aBoard({ seq: 4 }), aBoard({ seq: 2, epoch: 'b' })]
  await live.start()
  await live.refetch()
  expect(live.view.board!.seq).toBe(9)
  await live.refetch()
  expect(live.view.board!.seq).toBe(2)
})

test('without a stream the board is still read every few seconds', async () => {
  world.hasStream = false
  await live.start()
  expect(live.view.stream).toBe('polling')
  const before = world.fetches
  await world.pass(POLL_MS * 3)
  expect(world.fetches).toBeGreaterThanOrEqual(before + 2)
})

test('a stream refused with 503 is tried again, and meanwhile the board is polled', async () => {
  await live.start()
  world.streams[0]!.closed = true
  world.streams[0]!.onerror!()
  expect(live.view.stream).toBe('polling')
  const before = world.fetches
  await world.pass(RECONNECT_MS + 1)
  expect(world.fetches).toBeGreaterThan(before)
  expect(world.streams).toHaveLength(2)
})

test('a stream that is silently dead does not freeze the board', async () => {
  await live.start()
  world.streams[0]!.onopen!()
  await world.pass(DEBOUNCE_MS)
  world.boards = [aBoard({ seq: 77 })]
  await world.pass(CHECK_MS + 1)
  expect(live.view.board!.seq).toBe(77)
})

test('when the server is gone the old board stays, its age grows and the trouble is named', async () => {
  await live.start()
  world.boards = [new Error('network')]
  await world.pass(40_000)
  expect(live.view.board).not.toBeNull()
  expect(live.view.trouble).toBe('offline')
  expect(freshness(live.view.freshAt, world.clock).state).toBe('stale')
  world.boards = [aBoard({ seq: 5 })]
  await world.pass(POLL_MS + 1)
  expect(live.view.trouble).toBe('none')
  expect(freshness(live.view.freshAt, world.clock).state).toBe('live')
})

test.each([
  [401, 'signed_out'],
  [403, 'refused'],
  [500, 'server'],
] as const)('an answer of %i is told as %s', async (status, trouble) => {
  world.boards = [problem(status)]
  await live.start()
  expect(live.view.trouble).toBe(trouble)
})

test('minutes left follow the clock of the server, not of this computer', async () => {
  world.clock = NOW - 7 * 60_000
  await live.start()
  expect(live.view.clockOffset).toBe(7 * 60_000)
})

test('after stop nothing is fetched any more', async () => {
  await live.start()
  live.stop()
  const before = world.fetches
  await world.pass(120_000)
  expect(world.fetches).toBe(before)
})
