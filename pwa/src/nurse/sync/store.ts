/** What the sync engine needs from a database: a handful of tables, and transactions that happen whole or not at all. */
import type { Draft, Fact, Notice, Queued, StoredVisit } from './types'

export interface Tables {
  commands: Queued
  visits: StoredVisit
  drafts: Draft
  notices: Notice
  facts: Fact
}
export type TableName = keyof Tables
export const TABLES: TableName[] = ['commands', 'visits', 'drafts', 'notices', 'facts']

export interface Tx {
  get<T extends TableName>(table: T, id: string): Promise<Tables[T] | undefined>
  all<T extends TableName>(table: T): Promise<Tables[T][]>
  put<T extends TableName>(table: T, row: Tables[T]): Promise<void>
  delete(table: TableName, id: string): Promise<void>
  clear(table: TableName): Promise<void>
}

/** `write` resolves only after the rows are safe on the disk of the phone. */
export interface Store {
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

export async function fact<I extends Fact['id']>(tx: Tx, id: I): Promise<Extract<Fact, { id: I }> | undefined> {
  return (await tx.get('facts', id)) as Extract<Fact, { id: I }> | undefined
}
