import { isIP } from 'node:net'
import { isLoopbackAddress, isPublicAddress } from './public-address.ts'

/** `loopback`: this installation runs on one machine, and its receivers may, too. */
export type AddressRules = { readonly loopback: boolean }

/** A URL's host as an address has no brackets; URL has brought every spelling (`0x7f.1`, `2130706433`) to the common one. */
export const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')

export const isAllowedAddress = (address: string, { loopback }: AddressRules): boolean =>
  isPublicAddress(address) || (loopback && isLoopbackAddress(address))

/** Why a receiver cannot lie at this URL, as far as the URL itself tells; null where it may. Names are looked up when something is sent. */
export const refusedUrl = (text: string, rules: AddressRules): string | null => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) return 'it is no URL'
  const host = bareHost(url)
  const isHere = rules.loopback && (isLoopbackAddress(host) || host === 'localhost')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere)) return 'it does not begin with https://'
  if (url.username !== '' || url.password !== '') return 'it carries a name or password'
  if (url.hash !== '') return 'it has a fragment, which is never sent'
  if (isIP(host) !== 0 && !isAllowedAddress(host, rules)) return 'its address is none of the public internet'
  if (isIP(host) === 0 && !isHere && (!host.includes('.') || /(^|\.)(localhost|local|internal|home\.arpa)\.?$/.test(host)))
    return 'its name is none of the public internet'
  return null
}
