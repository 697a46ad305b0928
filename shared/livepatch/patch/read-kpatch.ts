import { fieldAt, hasInPlaceBytes, type Place, stringAt } from '../elf/follow.ts'
import { isCode, type Section } from '../elf/section.ts'
import type { InspectedFunction, InspectedObject, InspectedPatch } from '../inspected-module.ts'
import { CALLBACK_KINDS, type CallbackKind } from '../manifest.ts'
import type { CodeReferences } from './code-targets.ts'
import { inferReplace } from './infer-replace.ts'
import { codeName, type Reading } from './read-objects.ts'

/**
 * kpatch-build's tables, from which its stub builds the klp_patch on the heap (kpatch: kmod/patch/kpatch-patch.h, livepatch-patch-hook.c).
 * kpatch_patch_func: new_addr 0, new_size 8, old_addr 16, old_size 24, sympos 32, name 40, objname 48.
 * kpatch_*_callback: function 0, objname 8; the linker script puts a zero word behind each table.
 */
const FUNCTION_BYTES = 56
const CALLBACK_BYTES = 16

export const isKpatch = ({ elf }: Reading): boolean => elf.section('.kpatch.funcs') !== undefined

export const readKpatch = (reading: Reading, references: CodeReferences): InspectedPatch => {
  const { elf, warnings } = reading
  for (const section of elf.sections)
    if (/^\.kpatch\.(symbols|relocations|arch)$/.test(section.name))
      warnings.add('unfinished-module', section.name, section.offset, 'an intermediate table of kpatch-build: this module was not finished')
  const objects = new Map<string, InspectedObject>()
  const faults = [readFunctionTable(reading, objects), ...CALLBACK_KINDS.map(kind => readCallbackTable(reading, kind, objects))]
  const fault = faults.find(found => found !== null) ?? null
  const table = {
    replace: inferReplace(elf, references, true),
    foundBy: 'kpatch-sections' as const,
    states: [],
    objects: [...objects.values()],
  }
  return fault ? { ...table, status: 'malformed', note: fault, incomplete: true } : { ...table, status: 'tables' }
}

const objectNamed = (objects: Map<string, InspectedObject>, name: string): InspectedObject => {
  const known = objects.get(name)
  if (known) return known
  const made: InspectedObject = {
    name: name === 'vmlinux' ? null : name,
    kind: name === 'vmlinux' ? 'vmlinux' : 'module',
    functions: [],
    callbacks: {},
  }
  objects.set(name, made)
  return made
}

const stringIn = ({ elf, limits, warnings }: Reading, section: Section, offset: number): string | null => {
  const field = fieldAt(elf, section, offset)
  const text = field.kind === 'place' ? stringAt(elf, field, limits.nameBytesMax) : null
  if (text?.ok) return text.text
  warnings.add('bad-pointer', section.name, offset, 'does not point to a string')
  return null
}

const codeIn = ({ elf, warnings }: Reading, section: Section, offset: number): Place | null => {
  const field = fieldAt(elf, section, offset)
  if (field.kind === 'place' && isCode(field.section)) return field
  warnings.add('bad-pointer', section.name, offset, 'does not point to code')
  return null
}

const readFunctionTable = (reading: Reading, objects: Map<string, InspectedObject>): string | null => {
  const { elf, limits, warnings } = reading
  const section = elf.section('.kpatch.funcs')
  if (!section) return null
  if (section.size % FUNCTION_BYTES !== 0)
    warnings.add(
      'ragged-table',
      section.name,
      section.offset,
      `${section.size} bytes are no whole number of ${FUNCTION_BYTES}-byte records; the rest is ignored`,
    )
  const count = Math.floor(section.size / FUNCTION_BYTES)
  if (count > limits.functionsMax) return `more than ${limits.functionsMax} functions`
  let fault: string | null = null
  for (let index = 0; index < count; index += 1) {
    const at = index * FUNCTION_BYTES
    const read = readRecord(reading, section, at)
    const object = stringIn(reading, section, at + 48)
    if (!read || object === null) fault ??= `record ${index} of ${section.name} is broken`
    else objectNamed(objects, object).functions.push(read)
  }
  return fault
}

const readRecord = (reading: Reading, section: Section, at: number): InspectedFunction | null => {
  const { elf, warnings } = reading
  for (const field of [at, at + 40, at + 48])
    if (hasInPlaceBytes(elf, section, field))
      warnings.add('in-place-bytes', section.name, field, 'bytes under a relocation; the relocation wins')
  const code = codeIn(reading, section, at)
  const oldName = stringIn(reading, section, at + 40)
  if (!code || oldName === null) return null
  return { oldName, sympos: elf.input.decimal(section.offset + at + 32), newName: codeName(elf, code), code: reading.graph.hash(code) }
}

const readCallbackTable = (reading: Reading, kind: CallbackKind, objects: Map<string, InspectedObject>): string | null => {
  const { elf, limits, warnings } = reading
  const section = elf.section(`.kpatch.callbacks.${kind}`)
  if (!section) return null
  const count = Math.floor(section.size / CALLBACK_BYTES)
  if (count > limits.objectsMax) return `more than ${limits.objectsMax} callbacks`
  let fault: string | null = null
  for (let index = 0; index < count; index += 1) {
    const at = index * CALLBACK_BYTES
    const code = codeIn(reading, section, at)
    const name = stringIn(reading, section, at + 8)
    if (!code || name === null) {
      fault ??= `record ${index} of ${section.name} is broken`
      continue
    }
    const object = objectNamed(objects, name)
    if (kind in object.callbacks)
      warnings.add('duplicate-callback', section.name, at, `a second ${kind} for one object; the module's stub fails with EINVAL`)
    object.callbacks[kind] = codeName(elf, code)
  }
  return fault
}
