import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { BUCKETS, bucketOf, Plan, slotOf, waveOf } from '../../shared/rollout/index.ts'
import { plan } from './examples.ts'

describe('the bucket of a host', () => {
  test.each(['host-001', 'web-1.example', ''])('of %j is what the documented recipe says', id => {
    const digest = createHash('sha256').update(`supersede.bucket/1:${id}`).digest('hex')
    expect(bucketOf(id)).toBe(Number(BigInt(`0x${digest.slice(0, 12)}`) % 10_000n))
  })

  test('is one of 0..9,999 and always the same for an id', () => {
    fc.assert(
      fc.property(fc.string(), id => {
        const bucket = bucketOf(id)
        expect(Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKETS).toBe(true)
        expect(bucketOf(id)).toBe(bucket)
      }),
    )
  })

  test('spreads numbered hosts evenly over the slots', () => {
    const slots = new Array<number>(100).fill(0)
    for (let host = 0; host < 50_000; host += 1) {
      const slot = slotOf(bucketOf(`host-${host}`))
      slots[slot] = (slots[slot] ?? 0) + 1
    }
    const chiSquare = slots.reduce((sum, hosts) => sum + (hosts - 500) ** 2 / 500, 0)
    // 99 degrees of freedom: above 149 once in a thousand tries; the ids are fixed, so this either always holds or never.
    expect(chiSquare).toBeLessThan(149)
  })
})

describe('the wave of a bucket', () => {
  test.each([
    [0, 0],
    [499, 0],
    [500, 1],
    [4_999, 1],
    [5_000, 2],
    [9_999, 2],
  ])('bucket %i goes with wave %i of 5/50/100 %%', (bucket, wave) => {
    expect(waveOf(plan(), bucket)).toBe(wave)
  })

  test('a host that a share opens stays open in every wider one', () => {
    fc.assert(
      fc.property(fc.nat(BUCKETS - 1), bucket => {
        const wave = waveOf(plan(), bucket)
        plan().waves.forEach(({ share }, index) => {
          expect(bucket < share).toBe(index >= wave)
        })
      }),
    )
  })

  test('shares are whole slots, so that counters by slot tell a wave apart exactly', () => {
    expect(Plan.safeParse({ ...plan(), waves: [{ share: 550 }, { share: 10_000 }] }).success).toBe(false)
    for (const { share } of plan().waves) expect([slotOf(share - 1) + 1, share % 100]).toEqual([slotOf(share), 0])
  })
})
