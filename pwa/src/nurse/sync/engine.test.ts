import { describe, expect, test } from 'vitest'
import { waitMs } from './backoff'
import { LineError, pass } from './engine'
import * as ledger from './ledger'
import { Runner } from './runner'
import { aDeed, House } from './testing/house'
import { Disk, Locks, Process } from './testing/memory'
import type { CommandKind } from './types'
import { project, tonight, waiting } from './view'

const START = Date.parse('2026-11-22T01:00:00Z')

function aPhone() {
  let time = START
  const house = new House(() => time)
  house.pageSize = 50
  const disk = new Disk()
  const process = new Process()
  const store = process.storeOn(disk)
  const clock = { now: () => time, monotonic: () => time - START }
  const parts = { store, transport: house.transport(), clock, lock: new Locks().for(process) }
  const keep = (id: string, kind: CommandKind, visit_id: string | null, holdMs = 0) =>
    ledger.enqueue(store, {
      command: {
        id,
        ...aDeed(kind, id),
        visit_id,
        happened_at: new Date(time).toISOString(),
        monotonic_ms: 0,
        clock_offset_ms: 0,
      },
      label: id,
      nowMs: time,
      holdMs,
    })
  const states = () => Object.fromEntries(disk.table('commands').map((row) => [row.id, row.state]))
  const shown = () => project(disk.table('visits'), disk.table('commands'), disk.table('drafts'))
  return { house, disk, store, parts, keep, states, shown, sync: () => pass(parts), wait: (ms: number) => (time += ms) }
}

describe('undo', () => {
  test('a step after accepting waits eight seconds and can be taken back', async () => {
    const phone = aPhone()
    phone.house.assign('a', { status: 'accepted' })
    await phone.sync()
    await phone.keep('depart', 'depart', 'a', 8000)
    await phone.sync()
    expect(phone.house.memory.applied).toEqual([])
    expect(phone.shown()[0]!.status).toBe('under_way')
    expect(await ledger.undo(phone.store, 'depart')).toBe(true)
    expect(phone.shown()[0]!.status).toBe('accepted')
  })

  test('after eight seconds it goes by itself, and then it happened', async () => {
    const phone = aPhone()
    phone.house.assign('a', { status: 'accepted' })
    await phone.sync()
    await phone.keep('depart', 'depart', 'a', 8000)
    phone.wait(8001)
    phone.house.fault = 'lost_reply'
    await phone.sync()
    expect(await ledger.undo(phone.store, 'depart')).toBe(false)
  })

  test('the next tap sends the one before it', async () => {
    const phone = aPhone()
    phone.house.assign('a', { status: 'accepted' })
    await phone.keep('depart', 'depart', 'a', 8000)
    await phone.keep('arrive', 'arrive', 'a', 8000)
    await phone.sync()
    expect(phone.house.memory.applied.map(({ id }) => id)).toEqual(['depart'])
  })

  test('a clock that jumps back a day does not hold a step for a day', async () => {
    const phone = aPhone()
    phone.house.assign('a', { status: 'accepted' })
    await phone.keep('depart', 'depart', 'a', 8000)
    phone.wait(-86_400_000)
    await phone.sync()
    expect(phone.states()).toEqual({ depart: 'received' })
  })
})

describe('a command on which the house breaks', () => {
  test('is set aside only after it broke the house often and its neighbour went through', async () => {
    const phone = aPhone()
    for (const id of ['first', 'bad', 'last']) await phone.keep(id, 'report', null)
    phone.house.poison.add('bad')
    for (let i = 0; i < ledger.PATIENCE - 1; i++) await phone.sync()
    expect(phone.states()).toEqual({ first: 'received', bad: 'waiting', last: 'waiting' })
    await phone.sync()
    expect(phone.states()).toEqual({ first: 'received', bad: 'parked', last: 'received' })
    expect(waiting(phone.disk.table('commands')).count).toBe(1)
  })

  test('is not set aside when the house breaks on everything', async () => {
    const phone = aPhone()
    for (const id of ['one', 'two']) await phone.keep(id, 'report', null)
    phone.house.fault = 'broken'
    for (let i = 0; i < 10; i++) await phone.sync()
    expect(phone.states()).toEqual({ one: 'waiting', two: 'waiting' })
  })

  test('gets another chance after ten minutes', async () => {
    const phone = aPhone()
    for (const id of ['bad', 'good']) await phone.keep(id, 'report', null)
    phone.house.poison.add('bad')
    for (let i = 0; i < 4; i++) await phone.sync()
    phone.house.poison.clear()
    phone.wait(ledger.PARKED_MS)
    await phone.sync()
    expect(phone.states()).toEqual({ bad: 'received', good: 'received' })
  })

  test('a body that the house refuses to read is parked at once and the rest goes on', async () => {
    const phone = aPhone()
    for (const id of ['bad', 'good']) await phone.keep(id, 'report', null)
    const line = phone.parts.transport
    phone.parts.transport = {
      ...line,
      commands: async (commands) => {
        if (commands.some(({ id }) => id === 'bad')) throw new LineError(422, 'invalid')
        return line.commands(commands)
      },
    }
    await phone.sync()
    expect(phone.states()).toEqual({ bad: 'parked', good: 'received' })
  })
})

describe('an alarm', () => {
  test('goes before everything that waits', async () => {
    const phone = aPhone()
    await phone.keep('report', 'report', null)
    await phone.keep('alarm', 'alarm', null)
    await phone.sync()
    expect(phone.house.memory.applied.map(({ id }) => id)).toEqual(['alarm', 'report'])
  })
})

describe('what was refused', () => {
  test('stays until the nurse has read it, and the screen does not count it', async () => {
    const phone = aPhone()
    phone.house.assign('a')
    await phone.sync()
    phone.house.withdraw('a')
    await phone.keep('accept', 'accept', 'a')
    await phone.sync()
    expect(phone.states()).toEqual({ accept: 'refused' })
    expect(phone.disk.table('notices').map(({ kind }) => kind)).toEqual(['withdrawn'])
    await ledger.dismiss(phone.store, 'accept', '')
    expect(phone.states()).toEqual({})
  })

  test('a refused report becomes a draft again: her words are not thrown away', async () => {
    const phone = aPhone()
    await phone.keep('report', 'report', 'a')
    await ledger.settle(phone.store, [
      { id: 'report', status: 'refused', code: 'no_order', details: {}, receipt: null, received_at: '' },
    ])
    await ledger.dismiss(phone.store, 'report', '')
    expect(phone.disk.table('drafts').map(({ id }) => id)).toEqual(['a'])
  })
})

describe('the line', () => {
  test('a login that ended keeps the queue and asks for a login', async () => {
    const phone = aPhone()
    await phone.keep('report', 'report', null)
    phone.house.isLoggedIn = false
    expect((await phone.sync()).line).toBe('login')
    expect(phone.states()).toEqual({ report: 'waiting' })
  })

  test('waits 1, 2, 4 .. 60 s with jitter, and never less than the house asks', () => {
    expect([0, 1, 2, 3, 9].map((failures) => waitMs(failures, null, () => 0.5))).toEqual([
      1000, 2000, 4000, 8000, 60_000,
    ])
    expect(waitMs(0, 30_000, () => 0)).toBe(30_000)
    expect(waitMs(0, null, () => 0)).toBeLessThan(waitMs(0, null, () => 1))
  })

  test('taps during a sync become one more sync, and the next one is planned', async () => {
    const phone = aPhone()
    let passes = 0
    const planned: number[] = []
    const runner = new Runner({
      ...phone.parts,
      timers: { set: (_work, ms) => planned.push(ms), clear: () => undefined },
      random: () => 0.5,
      changed: () => passes++,
    })
    await Promise.all([runner.now(), runner.now(), runner.now()])
    expect(passes).toBe(2)
    expect(planned).toEqual([15_000])
    phone.house.fault = 'lost_request'
    await runner.now()
    expect(planned).toEqual([15_000, 1000])
  })
})

describe('tonight', () => {
  test('shows where she is first, rings a new call beside it, and keeps the plan in order', async () => {
    const phone = aPhone()
    phone.house.assign('c', { kind: 'planned', urgency: 'U5', sequence: 3 })
    phone.house.assign('b', { kind: 'planned', urgency: 'U4', sequence: 2 })
    phone.house.assign('here', { status: 'on_scene', sequence: 1 })
    phone.house.assign('new', { urgency: 'U2', sequence: 9 })
    phone.house.assign('past', { status: 'done' })
    await phone.sync()
    const { next, ringing, later, unreported } = tonight(phone.shown())
    expect(next?.id).toBe('here')
    expect(ringing.map(({ id }) => id)).toEqual(['new'])
    expect(later.map(({ id }) => id)).toEqual(['b', 'c'])
    expect(unreported.map(({ id }) => id)).toEqual(['past'])
  })

  test('a new call comes before the plan when she is free', async () => {
    const phone = aPhone()
    phone.house.assign('b', { kind: 'planned', sequence: 1 })
    phone.house.assign('new', { sequence: 5 })
    await phone.sync()
    expect(tonight(phone.shown()).next?.id).toBe('new')
  })
})
