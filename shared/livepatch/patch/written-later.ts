import type { Place } from '../elf/follow.ts'
import { lowerBound } from '../elf/lower-bound.ts'
import type { Elf } from '../elf/read-elf.ts'
import { fileSize, isCode } from '../elf/section.ts'
import { byteStores } from './byte-stores.ts'
import type { CodeReferences } from './code-targets.ts'
import { extentOfCode } from './find-patch.ts'
import { keyOf, placeOf } from './key.ts'

/** Functions, bytes of their code, and addresses that one of them names, that are looked at. */
const FUNCTIONS_MAX = 64
const CODE_BYTES_MAX = 1024 * 1024
const ADDRESSES_MAX = 4096

/**
 * Whether code may write a byte of the klp_patch through a register, as most CPUs do it: in a function that enables a livepatch or names this
 * one, an address that the function names and the displacement of a byte store add up to that byte. Registers are not followed: it may be so.
 */
export const mayWriteByte = (elf: Elf, references: CodeReferences, patch: Place, distance: number): boolean => {
  const wanted = keyOf(patch.section.index, patch.offset + distance)
  const { targets } = references
  let left = CODE_BYTES_MAX
  for (const { section, start, end } of functionsAbout(elf, references, patch)) {
    const limit = Math.min(end, fileSize(section))
    left -= limit - start
    if (left < 0) return false
    const stores = byteStores(elf.machine.arch, elf.input, section.offset + start, section.offset + limit)
    if (stores.size === 0) continue
    const first = lowerBound(targets.code, keyOf(section.index, start))
    const past = Math.min(lowerBound(targets.code, keyOf(section.index, end)), first + ADDRESSES_MAX)
    if (targets.data.subarray(first, past).some(address => stores.has(wanted - address))) return true
  }
  return false
}

type Extent = { readonly section: Place['section']; readonly start: number; readonly end: number }

const functionsAbout = (elf: Elf, { calls, targets }: CodeReferences, patch: Place): readonly Extent[] => {
  const found = new Map<string, Extent>()
  const note = (code: Place): void => {
    if (found.size >= FUNCTIONS_MAX || !isCode(code.section)) return
    const extent = extentOfCode(elf, code.section, code.offset)
    found.set(`${code.section.index} ${extent.start}`, { section: code.section, ...extent })
  }
  for (const { code, offset } of calls.slice(0, FUNCTIONS_MAX)) note({ section: code, offset })
  const start = keyOf(patch.section.index, patch.offset)
  for (let at = targets.data.indexOf(start); at !== -1; at = targets.data.indexOf(start, at + 1)) {
    const code = placeOf(elf, targets.code[at] ?? 0)
    if (found.size >= FUNCTIONS_MAX) break
    if (code) note(code)
  }
  return [...found.values()]
}
