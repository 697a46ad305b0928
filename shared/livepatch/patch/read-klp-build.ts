import { fieldAt, type Place, stringAt } from '../elf/follow.ts'
import { type Section, SHT } from '../elf/section.ts'
import type { InspectedFunction, InspectedObject, InspectedPatch } from '../inspected-module.ts'
import { CALLBACK_KINDS } from '../manifest.ts'
import type { CodeReferences } from './code-targets.ts'
import { inferReplace } from './infer-replace.ts'
import { type Reading, readCallbacks, readFunction, warnOfSecond } from './read-objects.ts'

/**
 * klp-build's tables (scripts/livepatch/init.c and include/linux/livepatch_external.h from Linux 6.19 on), from which its stub builds the
 * klp_patch on the heap. klp_object_ext: name 0, funcs 8, callbacks 16 to 55, nr_funcs 56, 64 bytes. klp_func_ext: old_name 0, new_func 8,
 * sympos 16, 24 bytes, counted, without a terminator. The sections were renamed after the first release; both names are read.
 */
const OBJECT_BYTES = 64
const FUNCTION_BYTES = 24
const OBJECT_SECTIONS = ['__klp_objects', '.init.klp_objects']

const objectTable = ({ elf }: Reading): Section | undefined =>
  OBJECT_SECTIONS.map(name => elf.section(name)).find(section => section !== undefined)

export const isKlpBuild = (reading: Reading): boolean => objectTable(reading) !== undefined

export const readKlpBuild = (reading: Reading, references: CodeReferences): InspectedPatch => {
  const { elf, limits, warnings } = reading
  const section = objectTable(reading)
  const objects = new Map<string, InspectedObject>()
  const base = { foundBy: 'klp-build-sections', replace: inferReplace(elf, references, true) } as const
  if (!section || section.type === SHT.NOBITS)
    return { ...base, status: 'malformed', objects: null, states: null, note: 'the table of objects has no bytes' }
  if (section.size % OBJECT_BYTES !== 0)
    warnings.add(
      'ragged-table',
      section.name,
      section.offset,
      `${section.size} bytes are no whole number of ${OBJECT_BYTES}-byte records: an unknown variant`,
    )
  for (const other of elf.sections)
    if (other.name.startsWith('__klp_relocs.'))
      warnings.add('intermediate-table', other.name, other.offset, 'relocations of objtool klp diff were left behind')
  const count = Math.min(Math.floor(section.size / OBJECT_BYTES), limits.objectsMax)
  let fault: string | null = null
  let left = limits.functionsMax
  for (let index = 0; index < count; index += 1) {
    const read = readObject(reading, { section, offset: index * OBJECT_BYTES }, left)
    left -= read.object?.functions.length ?? 0
    fault ??= read.fault
    if (read.object) merge(reading, objects, read.object, section, index * OBJECT_BYTES)
  }
  const list = [...objects.values()]
  if (fault) return { ...base, status: 'malformed', objects: list.length > 0 ? list : null, states: [], note: fault, incomplete: true }
  return { ...base, status: 'tables', objects: list, states: [] }
}

const readObject = (reading: Reading, at: Place, left: number): { object: InspectedObject | null; fault: string | null } => {
  const { elf, limits, warnings } = reading
  const { section, offset } = at
  const nameField = fieldAt(elf, section, offset)
  const name = nameField.kind === 'place' ? stringAt(elf, nameField, limits.nameBytesMax) : null
  if (nameField.kind !== 'null' && !name?.ok) {
    warnings.add('bad-pointer', section.name, offset, 'the name of an object does not point to a string')
    return { object: null, fault: 'the name of an object is unreadable' }
  }
  const read = readFunctions(reading, at, Math.min(elf.input.u32(section.offset + offset + 56), left))
  const object: InspectedObject = {
    name: name?.ok ? name.text : null,
    kind: name?.ok ? 'module' : 'vmlinux',
    functions: read.functions,
    callbacks: readCallbacks(reading, { section, offset: offset + 16 }),
    ...(read.fault ? { broken: read.fault } : {}),
  }
  return { object, fault: read.fault }
}

const readFunctions = (reading: Reading, object: Place, count: number): { functions: InspectedFunction[]; fault: string | null } => {
  const { elf, warnings } = reading
  const { section, offset } = object
  const functions: InspectedFunction[] = []
  const field = fieldAt(elf, section, offset + 8)
  if (count === 0) return { functions, fault: null }
  if (field.kind !== 'place' || field.section.type === SHT.NOBITS) return { functions, fault: 'the functions of an object are unreadable' }
  let fault: string | null = null
  for (let index = 0; index < count; index += 1) {
    const at = { section: field.section, offset: field.offset + index * FUNCTION_BYTES }
    const read = readFunction(reading, at)
    if (!read) {
      warnings.add(
        'bad-count',
        section.name,
        offset + 56,
        `nr_funcs is ${elf.input.u32(section.offset + offset + 56)}, but only ${index} functions are there`,
      )
      return { functions, fault: fault ?? `nr_funcs says more functions than there are` }
    }
    functions.push(read.function)
    fault ??= read.fault
  }
  return { functions, fault }
}

/** One object may have several records. The stub makes a klp_object of each, and sysfs refuses the second directory of a name. */
const merge = (
  { warnings }: Reading,
  objects: Map<string, InspectedObject>,
  read: InspectedObject,
  section: Section,
  offset: number,
): void => {
  const key = read.name ?? ''
  const known = objects.get(key)
  if (!known) {
    objects.set(key, read)
    return
  }
  warnOfSecond(warnings, section, offset, known.name)
  known.functions.push(...read.functions)
  for (const kind of CALLBACK_KINDS) {
    const callback = read.callbacks[kind]
    if (callback === undefined) continue
    if (known.callbacks[kind] !== undefined) warnings.add('duplicate-callback', section.name, offset, `a second ${kind} for one object`)
    known.callbacks[kind] = callback
  }
}
