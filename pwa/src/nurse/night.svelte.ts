/** The nurse's night as the screens see it: rows from the phone's own database, and the few things she can do. */
import { expectPerson, onSignedOut, Problem, session, type Session } from '$shared/api'
import { uuid7 } from '$shared/uuid7'
import { ring } from './device/bell'
import { lastPosition, locate } from './device/position'
import { line } from './line'
import { lastOwner, PhoneStore, rememberOwner } from './store'
import * as ledger from './sync/ledger'
import type { Line, Lock } from './sync/engine'
import { Runner } from './sync/runner'
import { fact } from './sync/store'
import type {
  Command,
  CommandKind,
  Deed,
  Draft,
  Fact,
  Notice,
  Pathway,
  Queued,
  Report,
  Shift,
  Step,
  StoredVisit,
} from './sync/types'
import { isStep, project, tonight, waiting, type ShownVisit } from './sync/view'

export const UNDO_MS = 8000
/** A second tap within this time is a trembling thumb, not the next step. */
const REST_MS = 1200

type Me = Extract<Fact, { id: 'me' }>
export type Stage = 'starting' | 'login' | 'not_a_nurse' | 'ready'

class Night {
  stage = $state<Stage>('starting')
  line = $state<Line | 'unknown'>('unknown')
  /** The house's time, as well as this phone knows it; moves on every second while somebody looks. */
  now = $state(Date.now())
  me = $state.raw<Me | null>(null)
  shift = $state.raw<Shift | null>(null)
  pathways = $state.raw<Pathway[]>([])
  stored = $state.raw<StoredVisit[]>([])
  commands = $state.raw<Queued[]>([])
  drafts = $state.raw<Draft[]>([])
  notices = $state.raw<Notice[]>([])
  syncedAt = $state<number | null>(null)
  isDamaged = $state(false)
  private lastTap = 0
  private offsetMs = 0

  readonly visits: ShownVisit[] = $derived(project(this.stored, this.commands, this.drafts))
  readonly tonight = $derived(tonight(this.visits))
  readonly waiting = $derived(waiting(this.commands))
  readonly refused = $derived(this.commands.filter((row) => row.state === 'refused').sort((a, b) => a.n - b.n))
  readonly parked = $derived(this.commands.filter((row) => row.state === 'parked'))
  /** The step that can still be taken back. */
  readonly held = $derived(
    this.commands.find((row) => row.state === 'waiting' && row.hold_until_ms > 0 && !row.taken) ?? null,
  )
  readonly alarm = $derived(
    this.commands.filter((row) => row.command.kind === 'alarm').sort((a, b) => b.n - a.n)[0] ?? null,
  )
  readonly deskPhone = $derived(this.shift?.desk_phone ?? this.me?.desk_phone ?? null)
  readonly isUnderWay = $derived(this.visits.some((visit) => visit.status === 'under_way'))

  private store: PhoneStore | null = null
  private runner: Runner | null = null
  private readonly others = new BroadcastChannel('nachtronde')
  private undoTimer = 0

  /** Opens this phone's night: from its own database at once, from the house as soon as it answers. */
  async start(): Promise<void> {
    this.others.onmessage = (message) => {
      if (message.data === 'person') location.reload()
      else void this.reload()
    }
    onSignedOut(() => (this.line = 'login'))
    setInterval(() => this.tick(), 1000)
    const owner = lastOwner()
    if (owner) await this.open(owner)
    void this.identify()
  }

  /** Asks the house who is logged in. Without an answer the last one on this phone goes on. */
  async identify(): Promise<void> {
    try {
      expectPerson(null)
      const known = await session()
      if (known.role !== 'nurse') {
        this.stage = 'not_a_nurse'
        return
      }
      if (this.store?.owner !== known.staff_id) {
        await this.runner?.stop()
        await this.store?.close()
        rememberOwner(known.staff_id)
        if (this.store) {
          this.others.postMessage('person')
          location.reload()
          return
        }
        await this.open(known.staff_id)
      }
      expectPerson(known.staff_id)
      await this.remember(known)
      void this.sync()
    } catch (error) {
      if (!(error instanceof Problem)) this.line = 'offline'
      if (!this.store) this.stage = 'login'
      else {
        expectPerson(this.store.owner)
        void this.sync() // from here on it tries again by itself
      }
    }
  }

  private async open(owner: string): Promise<void> {
    const store = new PhoneStore(owner)
    this.store = store
    await this.reload()
    if (this.held || this.parked.length) {
      // What was held when the app died was meant: it goes now.
      await ledger.release(store)
      await ledger.retryParked(store)
      await this.reload()
    }
    this.stage = 'ready'
    this.runner = new Runner({
      store,
      transport: line,
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      lock: oneAtATime,
      timers: {
        set: (work, ms) => window.setTimeout(work, ms),
        clear: (timer) => window.clearTimeout(timer as number),
      },
      changed: (now, failure) => {
        this.line = now
        if (failure) console.error(failure)
        void this.reload().then(() => this.hearTheBell())
      },
    })
  }

  private async remember(known: Session): Promise<void> {
    const { staff_id, name, partnership, is_demo } = known
    await this.store!.write((tx) =>
      tx.put('facts', {
        id: 'me',
        staff_id,
        name,
        desk_phone: partnership.desk_phone,
        partnership: partnership.name,
        is_demo,
      }),
    )
    await this.reload()
  }

  async reload(): Promise<void> {
    if (!this.store) return
    try {
      const rows = await this.store.read(async (tx) => ({
        visits: await tx.all('visits'),
        commands: await tx.all('commands'),
        drafts: await tx.all('drafts'),
        notices: await tx.all('notices'),
        shift: await fact(tx, 'shift'),
        me: await fact(tx, 'me'),
        clock: await fact(tx, 'clock'),
        synced: await fact(tx, 'synced'),
      }))
      this.stored = rows.visits
      this.commands = rows.commands
      this.drafts = rows.drafts
      this.notices = rows.notices
      this.shift = rows.shift?.shift ?? null
      this.pathways = rows.shift?.pathways ?? []
      this.me = rows.me ?? null
      this.offsetMs = rows.clock?.offset_ms ?? 0
      this.syncedAt = rows.synced?.at_ms ?? null
      this.isDamaged = false
      this.tick()
    } catch (error) {
      this.isDamaged = true
      throw error
    }
  }

  private tick(): void {
    this.now = Date.now() + this.offsetMs
  }

  sync(): Promise<void> {
    return this.runner?.now() ?? Promise.resolve()
  }

  // -- what she does --------------------------------------------------------------------------------------------------

  /** One step further at a visit. Accepting is told at once, for it stops the ringing; the others can be undone. */
  async step(visit: ShownVisit, step: Step): Promise<boolean> {
    if (Math.abs(Date.now() - this.lastTap) < REST_MS) return false
    this.lastTap = Date.now()
    await this.keep({ kind: step, body: {} }, visit, step === 'accept' ? 0 : UNDO_MS)
    void this.sharePosition()
    return true
  }

  async undo(): Promise<void> {
    if (!this.store || !this.held) return
    const id = this.held.id
    await ledger.undo(this.store, id)
    this.lastTap = 0
    await this.told()
  }

  async report(visitId: string, label: string, report: Report): Promise<void> {
    await this.keep({ kind: 'report', body: report }, { id: visitId, label }, 0)
  }

  async raiseAlarm(visit: ShownVisit | null): Promise<void> {
    await this.keep({ kind: 'alarm', body: {} }, visit, 0)
  }

  async sharePosition(): Promise<void> {
    const position = await locate()
    if (position) await this.keep({ kind: 'position', body: position }, null, 0, true)
  }

  async saveDraft(draft: Draft): Promise<void> {
    await this.store?.write((tx) => tx.put('drafts', draft))
    await this.reload()
  }

  async dropDraft(id: string): Promise<void> {
    await this.store?.write((tx) => tx.delete('drafts', id))
    await this.told()
  }

  async dismiss(row: Queued): Promise<void> {
    if (this.store) await ledger.dismiss(this.store, row.id, new Date(this.now).toISOString())
    await this.told()
  }

  async dismissNotice(notice: Notice): Promise<void> {
    if (this.store) await ledger.dismissNotice(this.store, notice.id)
    await this.told()
  }

  async retryParked(): Promise<void> {
    if (this.store) await ledger.retryParked(this.store)
    await this.told()
    void this.sync()
  }

  /** The phone goes into a pocket: nothing waits for an undo any more. */
  async hide(): Promise<void> {
    if (!this.store || !this.held) return
    await ledger.release(this.store)
    void this.sync()
  }

  /** The push arrived: tell the house that its bell works, and look what it rang for. */
  async heard(): Promise<void> {
    if (this.store) await this.keep({ kind: 'seen', body: {} }, null, 0, true)
  }

  private async keep(
    deed: Deed,
    visit: { id: string; label?: string; client?: ShownVisit['client']; reference?: string | null } | null,
    holdMs: number,
    isQuiet = false,
  ): Promise<void> {
    if (!this.store) return
    const now = Date.now()
    const position = isQuiet ? null : lastPosition()
    const command: Command = {
      id: uuid7(now),
      ...deed,
      visit_id: visit?.id ?? null,
      happened_at: new Date(now).toISOString(),
      monotonic_ms: Math.round(performance.now()),
      clock_offset_ms: this.offsetMs,
      ...(position ? { position } : {}),
    }
    const label = visit?.label ?? [visit?.reference, visit?.client?.label].filter(Boolean).join(' · ')
    // A ping in the background must not end the undo of a step.
    await ledger.enqueue(this.store, { command, label, nowMs: now, holdMs, isQuiet })
    await this.told()
    window.clearTimeout(this.undoTimer)
    if (this.held) this.undoTimer = window.setTimeout(() => void this.sync(), this.held.hold_until_ms - Date.now() + 50)
    void this.sync()
  }

  private async told(): Promise<void> {
    await this.reload()
    this.others.postMessage('changed')
  }

  /** A call that this phone has not shown before rings, also while the app is open. */
  private async hearTheBell(): Promise<void> {
    const calls = this.stored.filter(({ visit }) => visit.status === 'assigned' && visit.kind === 'unplanned')
    const keys = calls.map(({ visit }) => `${visit.id}:${visit.assigned_at}`)
    const isNew = await this.store?.write(async (tx) => {
      const seen = (await fact(tx, 'seen'))?.assigned ?? []
      const added = keys.some((key) => !seen.includes(key))
      if (added || seen.length !== keys.length) await tx.put('facts', { id: 'seen', assigned: keys })
      return added
    })
    if (isNew) ring()
  }

  // -- leaving --------------------------------------------------------------------------------------------------------

  /** Tries to send everything. Returns how much is still only on this phone. */
  async emptyOutbox(): Promise<number> {
    if (!this.store) return 0
    await ledger.release(this.store)
    await ledger.retryParked(this.store)
    await this.sync()
    await this.reload()
    return this.waiting.count
  }

  /** Stops syncing and hands over the store, to be wiped. */
  async close(): Promise<PhoneStore | null> {
    await this.runner?.stop()
    return this.store
  }
}

const oneAtATime: Lock = (work) =>
  navigator.locks ? (navigator.locks.request('nachtronde-sync', work) as ReturnType<typeof work>) : work()

export const night = new Night()

/** What a step is called once it is done, for the undo bar and for what was refused. */
export const STEP_DONE: Record<Step, string> = {
  accept: 'aangenomen',
  depart: 'u rijdt',
  arrive: 'u bent er',
  finish: 'klaar',
}
export const kindName = (kind: CommandKind): string =>
  isStep(kind)
    ? { accept: 'Aannemen', depart: 'Ik rijd', arrive: 'Ik ben er', finish: 'Klaar' }[kind]
    : kind === 'report'
      ? 'Verslag'
      : kind === 'alarm'
        ? 'Alarm'
        : 'Plek'
