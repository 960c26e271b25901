/**
 * The phone's own book: what waits, what was received, what the house last told. Every function here is one transaction,
 * so a phone that dies in the middle wakes up before or after it, never halfway.
 */
import { fact, type Store, type Tx } from './store'
import { further, isFurther, isStep } from './view'
import type { Command, CommandAnswer, FeedPage, Notice, Queued, Visit } from './types'

/** How many commands go over the line at once. */
export const BATCH = 20
/** A command on which the house chokes this often may be passed by the next one. */
export const PATIENCE = 3
/** A parked command gets another chance after this long. */
export const PARKED_MS = 10 * 60_000

const inOrder = (a: Queued, b: Queued) => a.n - b.n

export interface NewCommand {
  command: Command
  label: string
  nowMs: number
  /** How long it can be undone; 0 sends it at once. */
  holdMs: number
  /** Not a tap of hers: it leaves the undo of the last tap alone. */
  isQuiet?: boolean
}

/** Keeps a command. Whatever was still held goes with it: the next tap says that the last one was meant. */
export function enqueue(store: Store, { command, label, nowMs, holdMs, isQuiet = false }: NewCommand): Promise<void> {
  return store.write(async (tx) => {
    const commands = await tx.all('commands')
    for (const held of commands.filter((c) => !isQuiet && c.state === 'waiting' && c.hold_until_ms > 0)) {
      await tx.put('commands', { ...held, hold_until_ms: 0 })
    }
    if (command.kind === 'position') {
      // Only the newest place is worth sending; one on its way must stay, for its answer.
      for (const old of commands.filter((c) => c.command.kind === 'position' && c.state === 'waiting' && !c.taken)) {
        await tx.delete('commands', old.id)
      }
    }
    const next = (await fact(tx, 'order'))?.next ?? 1
    await tx.put('facts', { id: 'order', next: next + 1 })
    if (command.kind === 'report' && command.visit_id) await tx.delete('drafts', command.visit_id)
    await tx.put('commands', {
      id: command.id,
      command,
      n: next,
      state: 'waiting',
      queued_at_ms: nowMs,
      hold_until_ms: holdMs ? nowMs + holdMs : 0,
      taken: false,
      failures: 0,
      code: null,
      details: {},
      received_at: null,
      receipt: null,
      unseen: false,
      label,
    })
  })
}

/** Takes a command back. False when it is already on its way: then it happened. */
export function undo(store: Store, id: string): Promise<boolean> {
  return store.write(async (tx) => {
    const row = await tx.get('commands', id)
    if (!row || row.state !== 'waiting' || row.taken) return false
    await tx.delete('commands', id)
    return true
  })
}

/** Ends every undo: the nurse puts the phone away, or starts it again. */
export function release(store: Store): Promise<void> {
  return store.write(async (tx) => {
    for (const row of await tx.all('commands')) {
      if (row.hold_until_ms > 0 && row.state === 'waiting') await tx.put('commands', { ...row, hold_until_ms: 0 })
    }
  })
}

/** A held command may go when its time has passed, or when the clock jumped back behind the moment it was made. */
function isHeld(row: Queued, nowMs: number): boolean {
  return row.hold_until_ms > 0 && nowMs < row.hold_until_ms && nowMs >= row.queued_at_ms
}

/** The commands to send now, in the nurse's order, an alarm before all else; from here on they cannot be undone. */
export function take(store: Store, nowMs: number): Promise<Queued[]> {
  return store.write(async (tx) => {
    const rows = (await tx.all('commands')).sort(inOrder)
    for (const row of rows) {
      if (row.state === 'parked' && (nowMs >= row.hold_until_ms || nowMs < row.hold_until_ms - PARKED_MS)) {
        row.state = 'waiting'
        row.hold_until_ms = 0
        await tx.put('commands', row)
      }
    }
    const waiting = rows.filter((row) => row.state === 'waiting')
    const firstHeld = waiting.findIndex((row) => isHeld(row, nowMs))
    const inLine = firstHeld < 0 ? waiting : waiting.slice(0, firstHeld)
    const alarms = inLine.filter((row) => row.command.kind === 'alarm')
    const due = [...alarms, ...inLine.filter((row) => row.command.kind !== 'alarm')].slice(0, BATCH)
    for (const row of due) {
      if (!row.taken) await tx.put('commands', { ...row, taken: true })
    }
    return due
  })
}

/** Writes down what the house answered, command by command. Only a named answer settles anything. */
export function settle(store: Store, answers: CommandAnswer[]): Promise<number> {
  return store.write(async (tx) => {
    let settled = 0
    for (const answer of answers) {
      const row = await tx.get('commands', answer.id)
      if (!row || (row.state !== 'waiting' && row.state !== 'parked')) continue
      if (answer.status !== 'applied' && answer.status !== 'refused') continue
      settled++
      const { kind } = row.command
      if (kind === 'position' || kind === 'seen') {
        // Nobody waits for these: gone when answered, whatever the answer.
        await tx.delete('commands', row.id)
      } else if (answer.status === 'refused') {
        await tx.put('commands', { ...row, state: 'refused', code: answer.code, details: answer.details ?? {} })
      } else {
        await tx.put('commands', {
          ...row,
          state: 'received',
          code: answer.code,
          details: answer.details ?? {},
          received_at: answer.received_at,
          receipt: answer.receipt,
          unseen: true,
        })
      }
    }
    return settled
  })
}

/** Counts one more time that the house choked on exactly this command. */
export function countFailure(store: Store, id: string): Promise<number> {
  return store.write(async (tx) => {
    const row = await tx.get('commands', id)
    if (!row) return 0
    await tx.put('commands', { ...row, failures: row.failures + 1 })
    return row.failures + 1
  })
}

/** Sets a command aside so that the rest can go on. It is kept, shown, and tried again later. */
export function park(store: Store, id: string, code: string, nowMs: number): Promise<void> {
  return store.write(async (tx) => {
    const row = await tx.get('commands', id)
    if (row?.state !== 'waiting') return
    await tx.put('commands', { ...row, state: 'parked', code, hold_until_ms: nowMs + PARKED_MS })
  })
}

/** Tries parked commands again at once. */
export function retryParked(store: Store): Promise<void> {
  return store.write(async (tx) => {
    for (const row of await tx.all('commands')) {
      if (row.state === 'parked') await tx.put('commands', { ...row, state: 'waiting', hold_until_ms: 0 })
    }
  })
}

/** The nurse has read why it was refused. A refused report goes back to being a draft: her words are never thrown away. */
export function dismiss(store: Store, id: string, at: string): Promise<void> {
  return store.write(async (tx) => {
    const row = await tx.get('commands', id)
    if (row?.state !== 'refused') return
    const { command, label } = row
    const { visit_id } = command
    if (command.kind === 'report' && visit_id && !(await tx.get('drafts', visit_id))) {
      await tx.put('drafts', { id: visit_id, report: command.body, saved_at: at, label })
    }
    await tx.delete('commands', id)
  })
}

export function dismissNotice(store: Store, id: string): Promise<void> {
  return store.write((tx) => tx.delete('notices', id))
}

// -- the feed ---------------------------------------------------------------------------------------------------------

/**
 * Takes over one page of news. Only when it follows exactly on what is already here: a page that comes late or twice
 * changes nothing. Returns whether it was taken over.
 */
export function applyPage(store: Store, after: number, page: FeedPage, nowIso: string): Promise<boolean> {
  return store.write(async (tx) => {
    const place = await fact(tx, 'place')
    if (!place || place.cursor !== after || place.epoch !== page.epoch || page.cursor < after) return false
    for (const event of page.events) {
      if (event.seq > after) await applyEvent(tx, event, nowIso)
    }
    await tx.put('facts', { id: 'place', epoch: page.epoch, cursor: page.cursor })
    await keepShift(tx, page)
    if (!page.more) await seenBack(tx, page, nowIso)
    return true
  })
}

/** Replaces everything that came from the house by its present truth. What the nurse made herself stays. */
export function applySnapshot(store: Store, pages: FeedPage[], nowIso: string): Promise<void> {
  return store.write(async (tx) => {
    const last = pages[pages.length - 1]!
    const before = await fact(tx, 'place')
    const present = new Map<string, { seq: number; visit: Visit }>()
    for (const { seq, visit_id, visit } of pages.flatMap((page) => page.events)) {
      if ((present.get(visit_id)?.seq ?? -1) > seq) continue
      if (visit) present.set(visit_id, { seq, visit })
      else present.delete(visit_id)
    }
    const isSameShift = (await fact(tx, 'shift'))?.shift?.id === last.shift?.id
    for (const row of await tx.all('visits')) {
      const now = present.get(row.id)
      if (!isSameShift || now) await noticeChanged(tx, row.visit, now?.visit, nowIso)
      else await noticeGone(tx, row.visit, nowIso)
    }
    await tx.clear('visits')
    for (const [id, { seq, visit }] of present) await tx.put('visits', { id, seq, visit })
    if (before?.epoch !== last.epoch) await sendAgain(tx)
    await tx.put('facts', { id: 'place', epoch: last.epoch, cursor: last.cursor })
    for (const page of pages) await keepShift(tx, page)
    await seenBack(tx, last, nowIso)
  })
}

/** The house came back from a backup, or was never heard before, and may have lost what it had confirmed. Same ids, so what it still has stays once. */
async function sendAgain(tx: Tx): Promise<void> {
  for (const row of await tx.all('commands')) {
    if (row.state === 'received')
      await tx.put('commands', { ...row, state: 'waiting', received_at: null, receipt: null, unseen: false })
  }
}

/** A page made after a receipt holds its effect. A page out of some cache may be older, and proves nothing. */
async function seenBack(tx: Tx, page: FeedPage, nowIso: string): Promise<void> {
  for (const row of await tx.all('commands')) {
    if (!row.unseen) continue
    const isPast = row.receipt !== null && page.cursor >= row.receipt
    const isLater = Date.parse(page.server_time) >= Date.parse(row.received_at ?? '')
    if (!isPast && !isLater) continue
    await tx.put('commands', { ...row, unseen: false })
    const { kind, visit_id } = row.command
    const visit = visit_id && isStep(kind) ? (await tx.get('visits', visit_id))?.visit : undefined
    // Received, and yet the visit stands before that step: the desk began it anew in between.
    if (visit && isStep(kind) && further(visit.status, kind) !== visit.status)
      await addNotice(tx, 'given_again', visit, nowIso)
  }
}

async function applyEvent(tx: Tx, event: FeedPage['events'][number], nowIso: string): Promise<void> {
  const known = await tx.get('visits', event.visit_id)
  if (known && known.seq >= event.seq) return
  if (event.visit) {
    if (known) await noticeChanged(tx, known.visit, event.visit, nowIso)
    await tx.put('visits', { id: event.visit_id, seq: event.seq, visit: event.visit })
  } else if (known) {
    await noticeGone(tx, known.visit, nowIso)
    await tx.delete('visits', event.visit_id)
  }
}

async function noticeGone(tx: Tx, visit: Visit, at: string): Promise<void> {
  if (visit.status === 'done' || visit.status === 'cancelled') return
  // The planner shuffles what lies ahead; a route that nobody has promised yet is no news.
  if (visit.kind === 'planned' && visit.status === 'assigned') return
  await addNotice(tx, 'withdrawn', visit, at)
}

/** The desk may cancel a visit, or take it away and give it again: then it starts anew, and the nurse must know. */
async function noticeChanged(tx: Tx, before: Visit, after: Visit | undefined, at: string): Promise<void> {
  if (!after || before.status === after.status) return
  if (after.status === 'cancelled') await addNotice(tx, 'cancelled', after, at)
  else if (before.status === 'cancelled' || isFurther(before.status, after.status))
    await addNotice(tx, 'given_again', after, at)
}

export const labelOf = (visit: Visit): string => [visit.reference, visit.client.label].filter(Boolean).join(' · ')

async function addNotice(tx: Tx, kind: Notice['kind'], visit: Visit, at: string): Promise<void> {
  const label = labelOf(visit)
  await tx.put('notices', { id: `${kind}:${visit.id}:${at}`, kind, visit_id: visit.id, label, at })
}

/** A new shift begins with a clean book: last night's received commands go, what was not received stays. */
async function keepShift(tx: Tx, page: FeedPage): Promise<void> {
  const before = await fact(tx, 'shift')
  if (before?.shift && page.shift && before.shift.id !== page.shift.id) {
    for (const row of await tx.all('commands')) {
      if (row.state === 'received') await tx.delete('commands', row.id)
    }
    await tx.clear('notices')
  }
  await tx.put('facts', { id: 'shift', shift: page.shift, pathways: page.pathways ?? before?.pathways ?? [] })
}
