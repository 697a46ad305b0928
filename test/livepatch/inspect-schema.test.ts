import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { InspectAnswer, inspectSchema, readModule } from '../../shared/livepatch/index.ts'
import { certificate, DATA } from './module-files.ts'

const certificates = ['rsa', 'ec', 'other'].map(name => certificate('keys', name))

describe('the published JSON Schema of the inspect answer', () => {
  test('is current', () => {
    const published: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'inspect.schema.json'), 'utf8'))
    expect(published).toEqual(JSON.parse(JSON.stringify(inspectSchema())))
  })

  test.each(['given', 'bad', 'built', 'kernel/6.1', 'kernel/6.12', 'kernel/7.2'])('knows every field of every answer: %s', folder => {
    for (const file of readdirSync(join(DATA, folder)).filter(name => name.includes('.ko'))) {
      const result = readModule(readFileSync(join(DATA, folder, file)), { file, certificates })
      const answer = JSON.parse(JSON.stringify(result.ok ? result.module : { file, sha256: '', error: result.error })) as unknown
      expect([file, InspectAnswer.parse(answer)]).toEqual([file, answer])
    }
  })
})
