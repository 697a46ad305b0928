import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DEPTH_MAX, depthOf, parseBody } from '../../functions/http/parse-body.ts'
import { Refusal } from '../../functions/http/problem.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const parse = (text: string) => parseBody(bytes(text), 'application/json', 1_000_000)
const refusal = (run: () => unknown): string | null => {
  try {
    run()
    return null
  } catch (error) {
    return error instanceof Refusal ? error.refused.problem : 'another error'
  }
}

/** Slow and plain: what depthOf finds without parsing. */
const depth = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0

describe('a body', () => {
  test('has the nesting that its value has, whatever its texts hold', () => {
    fc.assert(fc.property(fc.jsonValue(), value => expect(depthOf(JSON.stringify(value))).toBe(depth(value))))
  })

  test('is what JSON says it is, where nothing is wrong with it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), value => {
        const text = JSON.stringify(value)
        fc.pre(!/"(__proto__|constructor|prototype)":/.test(text))
        expect(parse(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  test('is refused with a key that names a prototype, wherever it stands', () => {
    const key = fc.constantFrom('__proto__', 'constructor', 'prototype')
    const wrap = fc.array(fc.constantFrom('[1,', '{"a":'), { maxLength: 20 })
    fc.assert(
      fc.property(key, wrap, (name, layers) => {
        const close = layers.map(layer => (layer.startsWith('[') ? ']' : '}')).toReversed()
        expect(refusal(() => parse(`${layers.join('')}{"${name}":1}${close.join('')}`))).toBe('malformed-json')
      }),
    )
  })

  test('never is anything but parsed or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), raw =>
        expect(refusal(() => parseBody(raw, 'application/json', 100))).not.toBe('another error'),
      ),
    )
  })

  test.each([
    [DEPTH_MAX, null],
    [DEPTH_MAX + 1, 'malformed-json'],
  ])('nested %i deep: %s', (layers, refused) => {
    expect(refusal(() => parse(`${'['.repeat(layers)}${']'.repeat(layers)}`))).toBe(refused)
  })

  test.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/merge-patch+json'])(
    'may be called %s',
    type => {
      expect(parseBody(bytes('1'), type, 10)).toBe(1)
    },
  )
})
