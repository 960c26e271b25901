/** The phone's database: one per nurse, so that two colleagues who share a phone never see or send each other's work. */
import { TABLES, type Store, type TableName, type Tx } from './sync/store'

const PREFIX = 'nachtronde-'
const VERSION = 1
const STAMP = 'nachtronde-me'
/** What a browser says when it closed the database behind our back: storage pressure, a long sleep, a wipe elsewhere. */
const CLOSED = ['InvalidStateError', 'UnknownError', 'AbortError']

type Mode = 'readonly' | 'readwrite'

export class PhoneStore implements Store {
  private opened: Promise<IDBDatabase> | null = null

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

  private async run<T>(mode: Mode, work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.once(mode, work)
    } catch (error) {
      if (!(error instanceof DOMException) || !CLOSED.includes(error.name)) throw error
      // The transaction did not happen: open anew, and once more.
      await this.close()
      return this.once(mode, work)
    }
  }

  private async once<T>(mode: Mode, work: (tx: Tx) => Promise<T>): Promise<T> {
    const database = await (this.opened ??= this.open())
    // strict: resolved means written to the disk, not to a buffer that dies with the battery.
    const transaction = database.transaction(TABLES, mode, { durability: 'strict' })
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error ?? new DOMException('aborted', 'AbortError'))
    })
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

  private async open(): Promise<IDBDatabase> {
    try {
      const request = indexedDB.open(PREFIX + this.owner, VERSION)
      request.onupgradeneeded = () => {
        for (const name of TABLES) request.result.createObjectStore(name, { keyPath: 'id' })
      }
      const database = await answer(request)
      database.onversionchange = () => void this.close()
      database.onclose = () => (this.opened = null)
      return database
    } catch (error) {
      this.opened = null
      throw error
    }
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function asTx(transaction: IDBTransaction): Tx {
  const table = (name: TableName) => transaction.objectStore(name)
  return {
    get: (name, id) => answer(table(name).get(id)),
    all: (name) => answer(table(name).getAll()),
    put: async (name, row) => void (await answer(table(name).put(row))),
    delete: (name, id) => answer(table(name).delete(id)),
    clear: (name) => answer(table(name).clear()),
  }
}

/** Whose night is on this phone; known without a network. */
export const lastOwner = (): string | null => localStorage.getItem(STAMP)
export const rememberOwner = (staffId: string): void => localStorage.setItem(STAMP, staffId)

/** Removes everything of a nurse from this phone. */
export async function wipe(store: PhoneStore): Promise<void> {
  await store.close()
  await answer(indexedDB.deleteDatabase(PREFIX + store.owner))
  if (lastOwner() === store.owner) localStorage.removeItem(STAMP)
}
