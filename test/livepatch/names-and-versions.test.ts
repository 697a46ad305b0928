import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { adoptionText, compareVersions, parseAdoption, printable } from '../../shared/livepatch/index.ts'

describe('compareVersions', () => {
  test.each([
    ['1', '2', -1],
    ['2', '2.0', 0],
    ['2.0.1', '2', 1],
    ['10', '9.9.9', 1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign)
    expect(Math.sign(compareVersions(b, a))).toBe(-sign + 0)
  })
})

describe('printable', () => {
  test.each([
    ['plain_name.isra.0', 'plain_name.isra.0'],
    ['\u001b[2Jgone', '\\u{1b}[2Jgone'],
    ['a\u202eb', 'a\\u{202e}b'],
    ['line\u2028break\n', 'line\\u{2028}break\\u{a}'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['Grüße 🐧', 'Grüße 🐧'],
  ])('%j is printed as %j', (text, want) => {
    expect(printable(text)).toBe(want)
  })

  test('no text keeps a control or format character, and a second pass changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u)
        expect(printable(printable(text))).toBe(printable(text))
      }),
    )
  })
})

describe('adoptions', () => {
  test('the text form comes back as it was', () => {
    expect(adoptionText({ livepatch: 'lp_2', object: null, callback: 'post_unpatch' })).toBe('lp_2:vmlinux:post_unpatch')
    expect(parseAdoption('lp_2:nf_tables:pre_patch', 'module')).toEqual({
      livepatch: 'lp_2',
      object: 'nf_tables',
      callback: 'pre_patch',
      source: 'module',
    })
  })
})
