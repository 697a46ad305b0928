import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { inspectSchema } from '../../shared/livepatch/index.ts'

test('the published JSON Schema of the inspect answer is current', () => {
  const published: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'inspect.schema.json'), 'utf8'))
  expect(published).toEqual(JSON.parse(JSON.stringify(inspectSchema())))
})
