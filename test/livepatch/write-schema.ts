import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspectSchema } from '../../shared/livepatch/index.ts'

/** Writes docs/inspect.schema.json anew: `node bootstrap.cjs test/livepatch/write-schema.ts`. */
writeFileSync(join(import.meta.dirname, '..', '..', 'docs', 'inspect.schema.json'), `${JSON.stringify(inspectSchema(), null, 2)}\n`)
