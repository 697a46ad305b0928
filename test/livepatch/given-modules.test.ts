import { describe, expect, test } from '@jest/globals'
import { InspectedModule, readModule } from '../../shared/livepatch/index.ts'
import { certificate, expected, given, givenFiles, read } from './module-files.ts'

const certificates = ['rsa', 'ec', 'other'].map(name => certificate('keys', name))

/** `note` and `alsoAcceptable` are remarks for readers; everything else must be there, with these names. */
const facts = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(facts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'note' && key !== 'alsoAcceptable')
      .map(([key, inner]) => [key, facts(inner)]),
  )
}

/** The part of an answer that an expectation speaks of: more fields are welcome, more list entries are not. */
const spokenOf = (want: unknown, got: unknown): unknown => {
  if (Array.isArray(want) && Array.isArray(got)) return got.map((item, index) => spokenOf(want[index], item))
  if (typeof want !== 'object' || want === null || typeof got !== 'object' || got === null || Array.isArray(got)) return got
  return Object.fromEntries(
    Object.entries(got).flatMap(([key, inner]) => (key in want ? [[key, spokenOf(Reflect.get(want, key), inner)]] : [])),
  )
}

describe('the given modules', () => {
  test('every given file has its expectation', () => {
    expect(givenFiles()).toEqual(Object.keys(expected()).sort())
  })

  test.each(Object.entries(expected()))('%s is read as expected', (file, entry) => {
    const want = facts(entry)
    const module = read(given(file), { file, certificates })
    expect(spokenOf(want, module)).toEqual(want)
  })

  test.each(Object.entries(expected()))('%s has exactly the callbacks that are expected', (file, entry) => {
    const callbacks = (patch: unknown): unknown =>
      JSON.parse(JSON.stringify(patch), (key, value) =>
        key === 'objects' && value ? value.map((object: { callbacks: unknown }) => object.callbacks) : value,
      ).objects
    expect(callbacks(read(given(file)).patch)).toEqual(callbacks(entry['patch']))
  })

  test.each(givenFiles())('%s: the answer is of the published form, and survives JSON', file => {
    const module = read(given(file), { file, certificates })
    expect(InspectedModule.parse(JSON.parse(JSON.stringify(module)))).toEqual(module)
  })

  test.each(givenFiles())('%s: nothing in it is odd, but for the signatures', file => {
    const result = readModule(given(file), { file })
    expect(result.ok && result.warnings.map(({ code }) => code)).toEqual([])
  })

  test('the file name gives the module its name only where the module says none', () => {
    expect(read(given('lp_basic.ko'), { file: 'other-name.ko.xz' }).name).toBe('lp_basic')
  })

  test('without certificates a signature is neither valid nor invalid', () => {
    const { signature } = read(given('lp_signed_badsig.ko'))
    expect(signature).toMatchObject({ present: true, valid: null, signerMatched: null, trusted: null })
  })
})
