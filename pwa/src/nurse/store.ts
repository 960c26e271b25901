/** The phone's database: one per nurse, so that two colleagues who share a phone never see or send each other's work. */
import { deleteDB, openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb'
import { TABLES, type Store, type TableName, type Tables, type Tx } from './sync/store'

type Schema = DBSchema & { [T in TableName]: { key: string; value: Tables[T] } }
type Database = IDBPDatabase<Schema>

const PREFIX = 'nachtronde-'
const VERSION = 1
const STAMP = 'nachtronde-me'

export class PhoneStore implements Store {
  private opened: Promise<Database> | null = null

  constructor(readonly owner: string) {}

  write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.run('readwrite', work)
  }

  read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.run('readonly', work)
  }

  async close(): Promise<void> {
    const database = await this.opened?.catch(() => null)
    this.opened = null
    database?.close()
  }

  private async run<T>(mode: 'readonly' | 'readwrite', work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.once(mode, work)
    } catch (error) {
      // Phones close databases behind our back (storage pressure, a long sleep). The transaction did not happen: once more.
      if (!(error instanceof DOMException) || !['InvalidStateError', 'UnknownError', 'AbortError'].includes(error.name)) throw error
      await this.close()
      return this.once(mode, work)
    }
  }

  private async once<T>(mode: 'readonly' | 'readwrite', work: (tx: Tx) => Promise<T>): Promise<T> {
    const database = await (this.opened ??= this.open())
    // strict: resolved means written to the disk, not to a buffer that dies with the battery.
    const transaction = database.transaction(TABLES, mode, { durability: 'strict' })
    const done = transaction.done
    done.catch(() => undefined)
    try {
      const result = await work(asTx(transaction))
      await done
      return result
    } catch (error) {
      try {
        transaction.abort()
      } catch {
        // It was over already.
      }
      throw error
    }
  }

  private async open(): Promise<Database> {
    try {
      const database = await openDB<Schema>(PREFIX + this.owner, VERSION, {
        upgrade(db) {
          for (const name of TABLES) if (!db.objectStoreNames.contains(name)) db.createObjectStore(name, { keyPath: 'id' } as never)
        },
        blocking: () => void this.close(),
        terminated: () => (this.opened = null),
      })
      database.addEventListener('close', () => (this.opened = null))
      return database
    } catch (error) {
      this.opened = null
      throw error
    }
  }
}

function asTx(transaction: IDBPTransaction<Schema, TableName[], 'readonly' | 'readwrite'>): Tx {
  // The tables are typed by Tx; idb cannot follow a union of store names.
  const table = (name: TableName) => transaction.objectStore(name) as never as {
    get(id: string): Promise<never>
    getAll(): Promise<never>
    put(row: unknown): Promise<unknown>
    delete(id: string): Promise<void>
    clear(): Promise<void>
  }
  return {
    get: (name, id) => table(name).get(id),
    all: (name) => table(name).getAll(),
    put: async (name, row) => void (await table(name).put(row)),
    delete: (name, id) => table(name).delete(id),
    clear: (name) => table(name).clear(),
  }
}

/** Whose night is on this phone; known without a network. */
export const lastOwner = (): string | null => localStorage.getItem(STAMP)
export const rememberOwner = (staffId: string): void => localStorage.setItem(STAMP, staffId)

/** Removes everything of a nurse from this phone. */
export async function wipe(store: PhoneStore): Promise<void> {
  await store.close()
  await deleteDB(PREFIX + store.owner)
  if (lastOwner() === store.owner) localStorage.removeItem(STAMP)
}
