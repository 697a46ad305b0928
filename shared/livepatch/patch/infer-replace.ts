import type { Elf } from '../elf/read-elf.ts'
import type { Replace } from '../inspected-module.ts'
import type { CodeReferences } from './code-targets.ts'
import { extentOfCode } from './find-patch.ts'

/** `replace` in struct klp_patch since 5.5, and in 5.1 to 5.4. */
const DISPLACEMENT = 0x18
const DISPLACEMENT_BEFORE_STATES = 0x10

export const UNKNOWN_REPLACE: Replace = { value: null, certainty: 'none' }

/**
 * A klp_patch that code allocates has its `replace` stored by code too. On x86-64 that store is `movb $imm8, disp8(reg)`, bytes
 * c6 40+reg disp imm, in the function that enables the livepatch. One unique value is an inference; anything else is not known.
 */
export const inferReplace = (elf: Elf, references: CodeReferences, hasStates: boolean): Replace => {
  if (elf.machine.arch !== 'x86_64') return UNKNOWN_REPLACE
  const displacement = hasStates ? DISPLACEMENT : DISPLACEMENT_BEFORE_STATES
  const values = new Set<number>()
  const looked = new Set<string>()
  for (const { code, offset } of references.calls.slice(0, 16)) {
    const { start, end } = extentOfCode(elf, code, offset)
    if (looked.has(`${code.index} ${start}`)) continue
    looked.add(`${code.index} ${start}`)
    const bytes = elf.input.bytes.subarray(code.offset + start, code.offset + end)
    for (let at = 0; at + 3 < bytes.length; at += 1) {
      const modrm = bytes[at + 1] ?? 0
      const isStore = bytes[at] === 0xc6 && (modrm & 0xf8) === 0x40 && modrm !== 0x44 && bytes[at + 2] === displacement
      if (isStore) values.add(bytes[at + 3] ?? 0xff)
    }
  }
  const [value, ...more] = values
  return more.length === 0 && (value === 0 || value === 1) ? { value: value === 1, certainty: 'inferred' } : UNKNOWN_REPLACE
}
