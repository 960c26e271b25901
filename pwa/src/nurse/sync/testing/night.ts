/** Plays a night of taps, tunnels and desk decisions on the real engine, and holds the outcome against the contract. */
import { pass, type Lock, type Transport } from '../engine'
import * as ledger from '../ledger'
import type { Store } from '../store'
import type { CommandKind, Queued, Status } from '../types'
import { nextStep, project } from '../view'
import { aDeed, House, type Fault } from './house'
import { Disk, Killed, Locks, Process } from './memory'

export type Action =
  | { do: 'tap'; visit: number; hold: boolean; tab: number }
  | { do: 'report'; visit: number; tab: number }
  | { do: 'undo'; tab: number }
  | { do: 'dismiss'; tab: number }
  | { do: 'hide'; tab: number }
  | { do: 'sync'; tab: number; fault: Fault }
  | { do: 'kill'; tab: number; steps: number }
  | { do: 'both_sync'; fault: Fault }
  | { do: 'assign' | 'withdraw' | 'cancel'; visit: number }
  | { do: 'desk_step'; visit: number; status: Status }
  | { do: 'log_out' | 'log_in' | 'backup' | 'restore' }
  | { do: 'clock'; ms: number }
  | { do: 'wait'; ms: number }

/** Breaks the engine on purpose, to see that the properties notice. */
export interface Mutant {
  store?: (store: Store, disk: Disk) => Store
  transport?: (transport: Transport, store: Store) => Transport
  house?: (house: House) => void
}

const VISITS = ['a', 'b', 'c', 'd']
const START = Date.parse('2026-11-22T01:00:00Z')
const RANK: Status[] = ['open', 'assigned', 'accepted', 'under_way', 'on_scene', 'done', 'cancelled']

class Broken extends Error {}
const must = (isTrue: boolean, promise: string) => {
  if (!isTrue) throw new Broken(promise)
}

export async function play(actions: Action[], mutant: Mutant = {}): Promise<void> {
  let time = START
  let skew = 0
  let ids = 0
  const house = new House(() => time)
  mutant.house?.(house)
  const disk = new Disk()
  const locks = new Locks()
  const clock = { now: () => time + skew, monotonic: () => time - START }
  const processes = [new Process(), new Process()]
  const sent: { id: string; kind: CommandKind }[] = []
  const dismissed = new Set<string>()
  const lastSeen = new Map<string, { status: Status; epoch: string; excused: number }>()

  const tab = (index: number) => {
    if (processes[index]!.isDead) processes[index] = new Process()
    const process = processes[index]!
    const bare = process.storeOn(disk)
    const store = mutant.store?.(bare, disk) ?? bare
    const line = house.transport(() => process.step())
    const transport = mutant.transport?.(line, store) ?? line
    const lock: Lock = locks.for(process)
    return { process, store, sync: () => pass({ store, transport, clock, lock }) }
  }
  const orDie = async (work: () => Promise<unknown>) => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Killed)) throw error
    }
  }
  const shown = () => project(disk.table('visits'), disk.table('commands'), disk.table('drafts'))
  const queue = (kind: CommandKind, visit_id: string, index: number, holdMs: number) =>
    orDie(async () => {
      const id = `command-${++ids}`
      await ledger.enqueue(tab(index).store, {
        command: {
          id,
          ...aDeed(kind, id),
          visit_id,
          happened_at: new Date(clock.now()).toISOString(),
          monotonic_ms: clock.monotonic(),
          clock_offset_ms: 0,
        },
        label: visit_id,
        nowMs: clock.now(),
        holdMs,
      })
    })
  const noteWhatWasKept = () => {
    const known = new Set(sent.map(({ id }) => id))
    for (const row of disk.table('commands').sort((a, b) => a.n - b.n))
      if (!known.has(row.id)) sent.push({ id: row.id, kind: row.command.kind })
  }

  const act = async (action: Action) => {
    if (action.do === 'tap') {
      const visit = shown().find(({ id }) => id === VISITS[action.visit])
      const step = visit && nextStep(visit.status)
      if (step) await queue(step, visit.id, action.tab, action.hold && step !== 'accept' ? 8000 : 0)
    } else if (action.do === 'report') await queue('report', VISITS[action.visit]!, action.tab, 0)
    else if (action.do === 'undo') {
      const held = disk.table('commands').find((row) => row.state === 'waiting' && row.hold_until_ms > 0)
      if (held) {
        await orDie(() => ledger.undo(tab(action.tab).store, held.id))
        if (!disk.rows.commands.has(held.id)) {
          sent.splice(
            sent.findIndex(({ id }) => id === held.id),
            1,
          )
          excuse(held.command.visit_id!)
        }
      }
    } else if (action.do === 'dismiss') {
      const refused = disk.table('commands').find((row) => row.state === 'refused')
      if (refused) {
        await orDie(() => ledger.dismiss(tab(action.tab).store, refused.id, new Date(time).toISOString()))
        if (!disk.rows.commands.has(refused.id)) dismissed.add(refused.id)
      }
    } else if (action.do === 'hide') await orDie(() => ledger.release(tab(action.tab).store))
    else if (action.do === 'sync') {
      house.fault = action.fault
      await orDie(() => tab(action.tab).sync())
      house.fault = 'none'
    } else if (action.do === 'both_sync') {
      house.fault = action.fault
      await Promise.all([0, 1].map((index) => orDie(() => tab(index).sync())))
      house.fault = 'none'
    } else if (action.do === 'kill') {
      const { process, sync } = tab(action.tab)
      process.killAfter(action.steps)
      await orDie(sync)
      process.kill()
    } else if (action.do === 'assign') house.assign(VISITS[action.visit]!)
    else if (action.do === 'withdraw') house.withdraw(VISITS[action.visit]!)
    else if (action.do === 'cancel') house.deskSays(VISITS[action.visit]!, 'cancelled')
    else if (action.do === 'desk_step') house.deskSays(VISITS[action.visit]!, action.status)
    else if (action.do === 'log_out') house.isLoggedIn = false
    else if (action.do === 'log_in') house.isLoggedIn = true
    else if (action.do === 'backup') house.makeBackup()
    else if (action.do === 'restore') {
      house.restoreBackup()
      time += 60_000 // nobody restores a backup in less
    } else if (action.do === 'clock') skew = action.ms
    else if (action.do === 'wait') time += action.ms
    time += 100
  }

  const excuses = new Map<string, number>()
  const excuse = (visitId: string) => excuses.set(visitId, (excuses.get(visitId) ?? 0) + 1)
  const excused = (visitId: string) =>
    (excuses.get(visitId) ?? 0) +
    disk.table('commands').filter((row) => row.state === 'refused' && row.command.visit_id === visitId).length +
    disk.table('notices').filter((row) => row.visit_id === visitId).length +
    dismissed.size

  const statusNeverGoesBack = () => {
    const place = disk.table('facts').find((row) => row.id === 'place') as { epoch: string } | undefined
    const visible = shown()
    for (const { id, status } of visible) {
      const before = lastSeen.get(id)
      const now = { status, epoch: place?.epoch ?? '', excused: excused(id) }
      if (before && before.epoch === now.epoch && before.excused === now.excused) {
        must(
          RANK.indexOf(status) >= RANK.indexOf(before.status),
          `P2/P7: visit ${id} went back from ${before.status} to ${status} without a word`,
        )
      }
      lastSeen.set(id, now)
    }
    for (const id of [...lastSeen.keys()]) if (!visible.some((visit) => visit.id === id)) lastSeen.delete(id)
  }

  for (const action of actions) {
    await act(action)
    noteWhatWasKept()
    statusNeverGoesBack()
  }

  // Quiet: the line is good again, the nurse is logged in and has put her phone away.
  house.isLoggedIn = true
  house.fault = 'none'
  skew = 0
  for (let round = 0; round < 6; round++) {
    time += ledger.PARKED_MS + 1
    await ledger.release(tab(0).store)
    noteWhatWasKept()
    await tab(0).sync()
    statusNeverGoesBack()
  }

  const reports = sent.filter(({ kind }) => kind === 'report').map(({ id }) => id)
  must(
    JSON.stringify(house.memory.reports) === JSON.stringify(reports),
    `P1: reports ${reports} arrived as ${house.memory.reports}`,
  )
  const applied = house.memory.applied.map(({ id }) => id)
  const order = sent.map(({ id }) => id).filter((id) => applied.includes(id))
  must(JSON.stringify(applied) === JSON.stringify(order), `P1: commands ${order} arrived as ${applied}`)

  const commands = disk.table('commands')
  must(
    commands.every((row: Queued) => row.state === 'refused' || row.state === 'received'),
    'P3: something still waits after quiet',
  )
  const kept = disk
    .table('visits')
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ visit }) => visit)
  must(
    JSON.stringify(kept) === JSON.stringify([...house.projection().values()]),
    'P3: the phone does not show what the house knows',
  )
  must(
    JSON.stringify(shown().map(({ id, status }) => [id, status])) ===
      JSON.stringify(disk.table('visits').map(({ id, visit }) => [id, visit.status])),
    'P3: the screen differs from the house',
  )

  const refused = [...house.memory.results.values()]
    .filter(({ answer }) => answer.status === 'refused')
    .map(({ answer }) => answer.id)
  for (const id of refused) {
    if (!dismissed.has(id))
      must(
        commands.some((row) => row.id === id && row.state === 'refused'),
        `P4: ${id} was refused and nobody is told`,
      )
  }

  const before = JSON.stringify([disk.table('visits'), commands])
  for (const after of [0, Math.floor(house.memory.seq / 2), house.memory.seq]) {
    await ledger.applyPage(tab(0).store, after, house.feed(after), '')
    if (after > 0)
      await ledger.applyPage(
        tab(0).store,
        house.memory.seq,
        { ...house.feed(after), cursor: house.memory.seq, more: true },
        '',
      )
  }
  const after = JSON.stringify([disk.table('visits'), disk.table('commands')])
  must(before === after, 'P5: replaying news changed something')

  const fresh = new Disk()
  const stranger = new Process()
  const parts = { store: stranger.storeOn(fresh), transport: house.transport(), clock, lock: new Locks().for(stranger) }
  await pass(parts)
  const anew = fresh.table('visits').sort((a, b) => (a.id < b.id ? -1 : 1))
  must(
    JSON.stringify(anew.map(({ visit }) => visit)) === JSON.stringify(kept),
    'P6: news plus news is not the same as a fresh start',
  )
}
