import { describe, expect, test } from '@jest/globals'
import { generatedModule } from './generated-module.ts'
import { read } from './module-files.ts'

describe('a module with as many functions as will fit', () => {
  const functions = 3000
  const module = read(generatedModule({ functions, codeBytes: 96 }))
  const found = module.patch.objects?.[0]?.functions ?? []

  test('is read in full, without a warning', () => {
    expect(module.warnings).toEqual([])
    expect(module.patch).toMatchObject({ status: 'static', replace: { value: true, certainty: 'static' } })
    expect(found.map(({ oldName, newName }) => `${oldName} ${newName}`)).toEqual(
      Array.from({ length: functions }, (_, index) => `old_function_${index} new_${index}`),
    )
  })

  test('each function has a digest of its own, which takes in all those that it reaches', () => {
    expect(new Set(found.map(({ code }) => code)).size).toBe(functions)
    const shorter = read(generatedModule({ functions: 10, codeBytes: 96 })).patch.objects?.[0]?.functions
    expect(found.slice(0, 10).map(({ code }) => code)).toEqual(shorter?.map(({ code }) => code))
  })
})
