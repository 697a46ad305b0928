import { BlockList, isIP } from 'node:net'

/*
 * Where a receiver may not lie: this machine, its network, the metadata service, and everything else that is not an address of the public
 * internet (IANA's special-purpose registries, RFC 6890). Of IPv6 only global unicast is let through, without the ranges in it that carry
 * an IPv4 address or are no place at all.
 */
const listOf = (family: 'ipv4' | 'ipv6', ranges: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList()
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, family)
  return list
}

const NOT_PUBLIC_4 = listOf('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
])
const PUBLIC_6 = listOf('ipv6', [['2000::', 3]])
const NOT_PUBLIC_6 = listOf('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])
const LOOPBACK_4 = listOf('ipv4', [['127.0.0.0', 8]])

/** `text` is an address as `isIP` knows them, without brackets; a name is no public address. */
export const isPublicAddress = (text: string): boolean => {
  const version = isIP(text)
  if (version === 4) return !NOT_PUBLIC_4.check(text, 'ipv4')
  return version === 6 && PUBLIC_6.check(text, 'ipv6') && !NOT_PUBLIC_6.check(text, 'ipv6')
}

export const isLoopbackAddress = (text: string): boolean => (isIP(text) === 4 && LOOPBACK_4.check(text, 'ipv4')) || text === '::1'
