/** A database in memory whose transactions are whole, one at a time, and survive the death of the process that wrote. */
import { TABLES, type Store, type TableName, type Tables, type Tx } from '../store'

type Rows = { [T in TableName]: Map<string, Tables[T]> }

export class Disk {
  rows: Rows = Object.fromEntries(TABLES.map((name) => [name, new Map()])) as unknown as Rows
  private queue: Promise<unknown> = Promise.resolve()

  /** Runs one transaction after the others; a work that throws leaves no trace. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const run = async () => {
      const before = Object.fromEntries(
        TABLES.map((name) => [name, new Map<string, unknown>(this.rows[name])]),
      ) as unknown as Rows
      try {
        return await work(this.tx())
      } catch (error) {
        this.rows = before
        throw error
      }
    }
    const result = this.queue.then(run)
    this.queue = result.catch(() => undefined)
    return result
  }

  table<T extends TableName>(name: T): Tables[T][] {
    return structuredClone([...this.rows[name].values()]) as Tables[T][]
  }

  private tx(): Tx {
    const map = (table: TableName) => this.rows[table] as Map<string, Tables[TableName]>
    return {
      get: async (table, id) => structuredClone(map(table).get(id)) as never,
      all: async (table) => structuredClone([...map(table).values()]) as never,
      put: async (table, row) => void map(table).set(row.id, structuredClone(row)),
      delete: async (table, id) => void map(table).delete(id),
      clear: async (table) => map(table).clear(),
    }
  }
}

export class Killed extends Error {}

/** One running copy of the app. It can be killed before or after any transaction or request; then it does nothing more. */
export class Process {
  isDead = false
  private fuse: { steps: number } | null = null
  /** Tells whoever waits on this process that it will never come back. */
  readonly death: Promise<never>
  private die!: (reason: Killed) => void

  constructor() {
    this.death = new Promise((_, reject) => (this.die = reject))
    this.death.catch(() => undefined)
  }

  killAfter(steps: number): void {
    this.fuse = { steps }
  }

  kill(): void {
    this.isDead = true
    this.die(new Killed())
  }

  /** A point at which the process may die. */
  async step(): Promise<void> {
    if (this.fuse && !this.isDead && this.fuse.steps-- <= 0) this.kill()
    if (this.isDead) throw new Killed()
  }

  storeOn(disk: Disk): Store {
    const run = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
      await this.step()
      const result = await disk.transaction(work)
      await this.step()
      return result
    }
    return { write: run, read: run }
  }
}

/** Web Locks in small: one holder at a time; a holder that dies lets go. */
export class Locks {
  private tail: Promise<unknown> = Promise.resolve()

  for(process: Process) {
    return <T>(work: () => Promise<T>): Promise<T> => {
      const mine = this.tail.then(async () => {
        await process.step()
        return Promise.race([work(), process.death])
      })
      this.tail = mine.catch(() => undefined)
      return mine
    }
  }
}
