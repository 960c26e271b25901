import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fact } from './store'
import { play, type Action, type Mutant } from './testing/night'

/** More nights: VITE_FAULT_RUNS=100000 npx vitest run src/nurse/sync */
const RUNS = Number(import.meta.env['VITE_FAULT_RUNS'] ?? 1500)

const visit = fc.nat(3)
const tab = fc.nat(1)
const fault = fc.constantFrom(
  'none',
  'none',
  'lost_request',
  'lost_reply',
  'duplicate',
  'stale_page',
  'portal',
  'busy',
  'broken',
  'locked' as const,
)
const DAY = 86_400_000

const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('tap'), visit, hold: fc.boolean(), tab }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('report'), visit, tab }) },
    { weight: 7, arbitrary: fc.record({ do: fc.constant('sync'), tab, fault }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('both_sync'), fault }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('kill'), tab, steps: fc.nat(14) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('assign'), visit }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('withdraw', 'cancel'), visit }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('desk_step'),
        visit,
        status: fc.constantFrom('accepted', 'on_scene', 'done'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('undo', 'dismiss', 'hide'), tab }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('log_out', 'log_in', 'log_in', 'backup', 'restore') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clock'), ms: fc.constantFrom(0, DAY, -DAY, 90_000) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(1000, 9000, 60_000) }) },
  ) as fc.Arbitrary<Action>,
  { minLength: 3, maxLength: 40 },
)

const night = (mutant?: Mutant) => fc.asyncProperty(actions, (played) => play(played, mutant))

describe('the sync contract, whatever the night does to it', () => {
  test(`every report arrives once and in order, nothing goes back, nothing is dropped (${RUNS} nights)`, async () => {
    await fc.assert(night(), { numRuns: RUNS })
  }, 600_000)
})

/** Each of these is a mistake that somebody could make in this engine. The nights above must notice every one. */
const MUTANTS: Record<string, Mutant> = {
  'a house that applies the same command twice': { house: (house) => (house.isIdempotent = false) },
  'delete before send': {
    transport: (line, store) => ({
      ...line,
      commands: async (commands) => {
        await store.write(async (tx) => {
          for (const { id } of commands) await tx.delete('commands', id)
        })
        return line.commands(commands)
      },
    }),
  },
  'skip what failed and go on': {
    transport: (line, store) => ({
      ...line,
      commands: async (commands) => {
        try {
          return await line.commands(commands)
        } catch (error) {
          await store.write(async (tx) => {
            const row = await tx.get('commands', commands[0]!.id)
            const order = await fact(tx, 'order')
            if (row && order) {
              await tx.put('commands', { ...row, n: order.next })
              await tx.put('facts', { ...order, next: order.next + 1 })
            }
          })
          throw error
        }
      },
    }),
  },
  'drop what was refused': {
    transport: (line, store) => ({
      ...line,
      commands: async (commands) => {
        const answers = await line.commands(commands)
        const refused = answers.results.filter(({ status }) => status === 'refused')
        await store.write(async (tx) => {
          for (const { id } of refused) await tx.delete('commands', id)
        })
        return answers
      },
    }),
  },
  'take a lost reply for a yes': {
    transport: (line) => ({
      ...line,
      commands: async (commands) => {
        try {
          return await line.commands(commands)
        } catch {
          const results = commands.map(({ id }) => ({
            id,
            status: 'applied' as const,
            code: null,
            details: {},
            receipt: 1,
            received_at: '',
          }))
          return { results, server_time: new Date(0).toISOString() }
        }
      },
    }),
  },
  'forget the queue when the house starts a new epoch': {
    store: (store) => ({
      read: store.read,
      write: (work) =>
        store.write(async (tx) => {
          const before = await fact(tx, 'place')
          const result = await work(tx)
          const after = await fact(tx, 'place')
          if (before && after && before.epoch !== after.epoch) await tx.clear('commands')
          return result
        }),
    }),
  },
}

describe('the nights notice a mistake:', () => {
  test.each(Object.entries(MUTANTS))(
    '%s',
    async (_name, mutant) => {
      const outcome = await fc.check(night(mutant), { numRuns: 3000, endOnFailure: true })
      expect(outcome.failed).toBe(true)
      expect(String(outcome.errorInstance)).toMatch(/P[1-7]/)
    },
    600_000,
  )
})
