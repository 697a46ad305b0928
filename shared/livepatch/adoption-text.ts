import { type Adoption, CALLBACK_KINDS } from './manifest.ts'

const TEXT = /^([A-Za-z0-9_]{1,55}):([^:\s]{1,55}):([a-z_]+)$/

/** Reads `<livepatch>:<object|vmlinux>:<callback>`; null where it is not of that form. */
export const parseAdoption = (text: string, source: Adoption['source']): Adoption | null => {
  const [, livepatch, object, kind] = TEXT.exec(text) ?? []
  const callback = CALLBACK_KINDS.find(known => known === kind)
  if (livepatch === undefined || object === undefined || callback === undefined) return null
  return { livepatch, object: object === 'vmlinux' ? null : object, callback, source }
}

/** The text form of an adoption, as MODULE_INFO and submissions write it. */
export const adoptionText = ({ livepatch, object, callback }: Pick<Adoption, 'livepatch' | 'object' | 'callback'>): string =>
  `${livepatch}:${object ?? 'vmlinux'}:${callback}`
