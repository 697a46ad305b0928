import { describe, expect, test } from '@jest/globals'
import { comparableOf, compareLivepatches } from '../../shared/livepatch/index.ts'
import { built, read } from './module-files.ts'

const changes = (arch: string, form: string) => {
  const of = (name: string) => comparableOf(read(built(`calls_${arch}_${name}`)))
  const { functions } = compareLivepatches(of('plain'), of(form))
  return { kept: functions?.kept.map(({ name }) => name), repatched: functions?.repatched.map(({ name }) => name) }
}

describe.each(['x86_64', 'aarch64', 's390x', 'ppc64le', 'ppc64le_large'])('the code of a function, on %s', arch => {
  test('is the same when other code, strings and data are put in front of it', () => {
    expect(changes(arch, 'MOVED')).toEqual({ kept: ['broken', 'other'], repatched: [] })
  })

  test('is another when only a helper that it calls is changed', () => {
    expect(changes(arch, 'CHANGED')).toEqual({ kept: ['other'], repatched: ['broken'] })
  })

  test('is another when only a table that it reads is changed', () => {
    expect(changes(arch, 'CHANGED_TABLE')).toEqual({ kept: ['other'], repatched: ['broken'] })
  })
})
