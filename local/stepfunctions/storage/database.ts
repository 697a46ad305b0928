/** The file: WAL, synced at every commit, and group commit: what several executions want written at about the same time is one transaction. */
import { DatabaseSync } from 'node:sqlite'

const schema = `
  CREATE TABLE IF NOT EXISTS definitions (id TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS machines (
    arn TEXT PRIMARY KEY, name TEXT NOT NULL, role_arn TEXT NOT NULL, type TEXT NOT NULL, created INTEGER NOT NULL, definition TEXT NOT NULL,
    revision TEXT, updated INTEGER, logging TEXT NOT NULL, tracing TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS executions (
    key INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, machine_arn TEXT NOT NULL, machine_name TEXT NOT NULL, name TEXT NOT NULL,
    role_arn TEXT NOT NULL, definition TEXT NOT NULL, revision TEXT, input TEXT NOT NULL, status TEXT NOT NULL, started INTEGER NOT NULL,
    stopped INTEGER, output TEXT, error TEXT, cause TEXT, deadline INTEGER, trace_header TEXT
  );
  CREATE INDEX IF NOT EXISTS executions_by_machine ON executions (machine_arn, key DESC);
  CREATE INDEX IF NOT EXISTS executions_running ON executions (key) WHERE status = 'RUNNING';
  CREATE TABLE IF NOT EXISTS frames (execution INTEGER, id INTEGER, body TEXT NOT NULL, PRIMARY KEY (execution, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS events (
    execution INTEGER, id INTEGER, previous INTEGER NOT NULL, type TEXT NOT NULL, at INTEGER NOT NULL, details TEXT NOT NULL, token_hash TEXT,
    PRIMARY KEY (execution, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tokens (
    hash TEXT PRIMARY KEY, id TEXT NOT NULL, execution INTEGER NOT NULL, frame INTEGER NOT NULL, scheduled INTEGER NOT NULL
  ) WITHOUT ROWID;
`

export type Database = {
  readonly sql: DatabaseSync
  /** Resolves when `write` is on disk. Writes of one turn of the event loop share a commit, in the order in which they came. */
  commit: (write: () => void) => Promise<void>
  close: () => void
}

type Pending = { write: () => void; resolve: () => void; reject: (error: unknown) => void }

export const openDatabase = (file: string): Database => {
  const sql = new DatabaseSync(file, { timeout: 5_000 })
  sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  sql.exec(schema)
  let pending: Pending[] = []
  let open = true

  const write = (group: readonly Pending[]) => {
    try {
      sql.exec('BEGIN IMMEDIATE')
      for (const { write: writeOne } of group) writeOne()
      sql.exec('COMMIT')
    } catch (error) {
      if (sql.isTransaction) sql.exec('ROLLBACK')
      throw error
    }
  }
  const flush = () => {
    const group = pending
    pending = []
    try {
      if (!open) throw new Error('The interpreter is closed')
      write(group)
      for (const { resolve } of group) resolve()
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  return {
    sql,
    commit: writeOne =>
      new Promise<void>((resolve, reject) => {
        pending.push({ write: writeOne, resolve, reject })
        if (pending.length === 1) setImmediate(flush)
      }),
    close: () => {
      if (!open) return
      open = false
      sql.close()
    },
  }
}
