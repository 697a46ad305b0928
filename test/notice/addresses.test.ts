import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { openPost } from '../../functions/notice/post.ts'
import { isPublicAddress } from '../../functions/notice/public-address.ts'
import { refusedUrl } from '../../functions/notice/receiver-address.ts'
import { startReceiver } from './receiver-double.ts'

const PUBLIC = { loopback: false }

/** Ways to name what is not of the public internet, and what is no https:// address at all. */
const REFUSED = [
  'http://example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'example.com',
  '//example.com',
  '',
  'https://',
  'https://user:word@example.com/',
  'https://user@example.com/',
  'https://example.com/#fragment',
  'https://localhost/',
  'https://LOCALHOST./',
  'https://a.localhost/',
  'https://printer.local/',
  'https://metadata.google.internal/',
  'https://router.home.arpa/',
  'https://intranet/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://127.255.255.254/',
  'https://0x7f.1/',
  'https://0x7f000001/',
  'https://2130706433/',
  'https://017700000001/',
  'https://0177.0.0.01/',
  'https://①②⑦.⓪.⓪.①/',
  'https://0/',
  'https://0.0.0.0/',
  'https://0.1.2.3/',
  'https://10.0.0.1/',
  'https://10.255.255.255/',
  'https://100.64.0.1/',
  'https://100.127.255.255/',
  'https://169.254.169.254/latest/meta-data/',
  'https://169.254.170.2/',
  'https://2852039166/',
  'https://0xa9fea9fe/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.0.0.1/',
  'https://192.0.2.1/',
  'https://192.88.99.1/',
  'https://192.168.0.1/',
  'https://198.18.0.1/',
  'https://198.51.100.1/',
  'https://203.0.113.1/',
  'https://224.0.0.1/',
  'https://239.255.255.250/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://[::]/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b:1::1]/',
  'https://[100::1]/',
  'https://[2001::1]/',
  'https://[2001:db8::1]/',
  'https://[2002:7f00:1::]/',
  'https://[3fff::1]/',
  'https://[fc00::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
]

describe('where a receiver may lie', () => {
  test.each(REFUSED)('not at %s', async url => {
    expect(refusedUrl(url, PUBLIC)).toEqual(expect.any(String))
    expect(await openPost(PUBLIC)(url, {}, '{}')).toMatchObject({ status: null, why: expect.stringMatching(/^it/) })
  })

  test.each([
    'https://hooks.example.com/services/T0/B0/x',
    'https://example.com:8443/hook?a=b',
    'https://1.1.1.1/',
    'https://[2606:4700:4700::1111]/',
  ])('but at %s', url => {
    expect(refusedUrl(url, PUBLIC)).toBeNull()
  })

  test('on one machine also on the machine itself, without https, and nowhere else', () => {
    for (const url of ['http://127.0.0.1:8080/', 'http://localhost:8080/', 'http://[::1]:8080/'])
      expect(refusedUrl(url, { loopback: true })).toBeNull()
    for (const url of ['http://10.0.0.1/', 'http://example.com/', 'https://169.254.169.254/', 'https://intranet/'])
      expect(refusedUrl(url, { loopback: true })).toEqual(expect.any(String))
  })

  test('no address that embeds a private one is public', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), fc.constantFrom('10', '127', '169.254', '192.168'), (a, b, prefix) => {
        const address = [...prefix.split('.'), a, b, 1, 1].slice(0, 4).join('.')
        expect(isPublicAddress(address)).toBe(false)
        expect(isPublicAddress(`::ffff:${address}`)).toBe(false)
        expect(isPublicAddress(`64:ff9b::${address}`)).toBe(false)
      }),
    )
  })
})

describe('sending', () => {
  test('a name that leads elsewhere than it seems is not spoken to, be it one address of many', async () => {
    const receiver = await startReceiver()
    const { port } = new URL(receiver.url)
    const asked: string[] = []
    const leadingTo = (...addresses: readonly string[]) =>
      openPost(PUBLIC, (name, done) => {
        asked.push(name)
        done(
          null,
          addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
        )
      })
    const why = 'its name leads to an address that is none of the public internet'
    for (const addresses of [['127.0.0.1'], ['169.254.169.254'], ['1.1.1.1', '10.0.0.1'], ['::1'], ['::ffff:127.0.0.1']])
      expect(await leadingTo(...addresses)(`https://rebind.example.com:${port}/`, {}, '{}')).toEqual({
        status: null,
        why,
        retryAfterSeconds: null,
      })
    expect(asked).toEqual(Array.from({ length: 5 }, () => 'rebind.example.com'))
    expect(receiver.heard).toEqual([])
    await receiver.stop()
  })

  test('on one machine a name of the machine is', async () => {
    const receiver = await startReceiver()
    const { port } = new URL(receiver.url)
    expect(await openPost({ loopback: true })(`http://localhost:${port}/`, {}, '{}')).toMatchObject({ status: 204 })
    await receiver.stop()
  })

  test('of an answer at most 200 printable characters are kept, and no more than it takes is read', async () => {
    const receiver = await startReceiver()
    receiver.answer({ status: 500, body: `\u001b[31m${'<b>'.repeat(100_000)}` })
    const { why } = await openPost({ loopback: true })(receiver.url, {}, '{}')
    expect(why).toMatch(/^HTTP 500: \[31m(<b>)+.*…$/)
    expect(why.length).toBeLessThanOrEqual(210)
    await receiver.stop()
  })

  test('a receiver that is not there is told from one that refuses, without telling more of the network', async () => {
    const receiver = await startReceiver()
    await receiver.stop()
    expect(await openPost({ loopback: true })(receiver.url, {}, '{}')).toEqual({
      status: null,
      why: 'no answer (ECONNREFUSED)',
      retryAfterSeconds: null,
    })
  })
})
