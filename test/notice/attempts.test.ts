import { describe, expect, test } from '@jest/globals'
import { afterAttempt, GIVE_UP_SECONDS, isGivenUp, RETRY_SECONDS } from '../../shared/notice/index.ts'

const NOW = Date.UTC(2026, 10, 23)
const attempt = (status: number | null, retryAfterSeconds: number | null = null) => ({ status, why: '', retryAfterSeconds })

describe('after an attempt', () => {
  test.each([200, 201, 204, 299])('%i is delivered', status => {
    expect(afterAttempt('m', 1, attempt(status), NOW)).toEqual({ state: 'delivered' })
  })
  test.each([null, 199, 301, 307, 400, 401, 404, 429, 500, 502, 503, 504])('%s is tried again', status => {
    expect(afterAttempt('m', 1, attempt(status), NOW)).toMatchObject({ state: 'pending' })
  })
  test('410 is the end of it, at the first attempt too', () => {
    expect(afterAttempt('m', 1, attempt(410), NOW)).toEqual({ state: 'dead', isGone: true })
  })
  test('each wait is that of the schedule, up to a tenth longer, and the same when it is worked out again', () => {
    for (const [index, seconds] of RETRY_SECONDS.entries()) {
      const after = afterAttempt('m', index + 1, attempt(500), NOW)
      const waited = after.state === 'pending' ? after.nextAt - NOW : 0
      expect(waited).toBeGreaterThanOrEqual(seconds * 1_000)
      expect(waited).toBeLessThanOrEqual(seconds * 1_100 + 1)
      expect(afterAttempt('m', index + 1, attempt(500), NOW)).toEqual(after)
    }
  })
  test('the tenth failure is the last, after three days', () => {
    expect(RETRY_SECONDS.reduce((sum, seconds) => sum + seconds, 0)).toBe(75 * 3_600 + 35 * 60 + 5)
    expect(afterAttempt('m', RETRY_SECONDS.length + 1, attempt(500), NOW)).toEqual({ state: 'dead', isGone: false })
  })
  test('Retry-After is heeded where it is later, and for a day at most', () => {
    expect(afterAttempt('m', 1, attempt(429, 3_600), NOW)).toEqual({ state: 'pending', nextAt: NOW + 3_600_000 })
    expect(afterAttempt('m', 1, attempt(503, 1e9), NOW)).toEqual({ state: 'pending', nextAt: NOW + 86_400_000 })
    expect(afterAttempt('m', 2, attempt(503, 1), NOW)).toMatchObject({ nextAt: expect.any(Number) })
  })
  test('a receiver is given up after five days without one that was taken', () => {
    expect(isGivenUp(null, NOW)).toBe(false)
    expect(isGivenUp(NOW - GIVE_UP_SECONDS * 1_000 + 1, NOW)).toBe(false)
    expect(isGivenUp(NOW - GIVE_UP_SECONDS * 1_000, NOW)).toBe(true)
  })
})
