import { createHash } from 'node:crypto'
import { numberIn, optionalNumberIn, optionalTextIn, type Row, textIn } from './columns.ts'
import type { Database } from './database.ts'

export type MachineRow = {
  readonly arn: string
  readonly name: string
  readonly roleArn: string
  readonly type: string
  readonly created: number
  /** Id of the definition's text. */
  readonly definition: string
  /** Of the last update; undefined before the first. */
  readonly revision: string | undefined
  readonly updated: number | undefined
  /** JSON texts, shown as they were given. */
  readonly logging: string
  readonly tracing: string
}

const machineOf = (row: Row): MachineRow => ({
  arn: textIn(row, 'arn'),
  name: textIn(row, 'name'),
  roleArn: textIn(row, 'role_arn'),
  type: textIn(row, 'type'),
  created: numberIn(row, 'created'),
  definition: textIn(row, 'definition'),
  revision: optionalTextIn(row, 'revision'),
  updated: optionalNumberIn(row, 'updated'),
  logging: textIn(row, 'logging'),
  tracing: textIn(row, 'tracing'),
})

export type Machines = ReturnType<typeof machinesIn>

export const machinesIn = ({ sql }: Database) => {
  const byArn = sql.prepare('SELECT * FROM machines WHERE arn = ?')
  const list = sql.prepare('SELECT * FROM machines WHERE arn > ? ORDER BY arn LIMIT ?')
  const remove = sql.prepare('DELETE FROM machines WHERE arn = ?')
  const text = sql.prepare('SELECT text FROM definitions WHERE id = ?')
  const keep = sql.prepare('INSERT OR IGNORE INTO definitions (id, text) VALUES (?, ?)')
  const put = sql.prepare(
    `INSERT OR REPLACE INTO machines (arn, name, role_arn, type, created, definition, revision, updated, logging, tracing)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return {
    byArn: (arn: string): MachineRow | undefined => {
      const row = byArn.get(arn)
      return row === undefined ? undefined : machineOf(row)
    },
    /** By ARN, above `after`. */
    list: (after: string, limit: number): MachineRow[] => list.all(after, limit).map(machineOf),
    remove: (arn: string) => remove.run(arn),
    put: (row: MachineRow) => {
      const { arn, name, roleArn, type, created, definition, revision, updated, logging, tracing } = row
      put.run(arn, name, roleArn, type, created, definition, revision ?? null, updated ?? null, logging, tracing)
    },
    definition: (id: string): string => textIn(text.get(id) ?? {}, 'text'),
    /** Definitions are kept by content, for the executions that started with them. */
    keepDefinition: (definition: string): string => {
      const id = createHash('sha256').update(definition, 'utf8').digest('hex')
      keep.run(id, definition)
      return id
    },
  }
}
