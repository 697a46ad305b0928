import { type Field, fieldAt, hasInPlaceBytes, isBlank, type Place, stringAt, symbolAt } from '../elf/follow.ts'
import type { Elf } from '../elf/read-elf.ts'
import { STT } from '../elf/read-symbols.ts'
import { isCode, isData, type Section, SHT } from '../elf/section.ts'
import type { InspectedFunction, InspectedObject } from '../inspected-module.ts'
import type { Limits } from '../limits.ts'
import { CALLBACK_KINDS, type CallbackKind } from '../manifest.ts'
import type { Warnings } from '../warnings.ts'
import type { CodeGraph } from './code-graph.ts'

/** Where things stand in the records of one module. */
export type Layout = { readonly object: number; readonly function: number; readonly callbacks: number }

/** What reading needs everywhere. */
export type Reading = { readonly elf: Elf; readonly limits: Limits; readonly warnings: Warnings; readonly graph: CodeGraph }

/** An array as it lies in the file, terminator included. */
export type Extent = { readonly at: Place; readonly size: number }

export type ReadObjects = {
  /** Null: not one record could be read. */
  readonly objects: InspectedObject[] | null
  /** Why the arrays are not what the kernel needs; null: they are. */
  readonly fault: string | null
  readonly objectArray: Extent
  readonly functionArrays: readonly Extent[]
}

type Name = { text: string | null; fault: string | null }

const NAME = /^[\x21-\x7e]+$/

const nameFrom = (reading: Reading, field: Field, section: string, offset: number, what: string): Name => {
  const text = field.kind === 'place' ? stringAt(reading.elf, field, reading.limits.nameBytesMax) : null
  return text?.ok && NAME.test(text.text) ? { text: text.text, fault: null } : oddName(reading, field, section, offset, what)
}

const oddName = ({ elf, limits, warnings }: Reading, field: Field, section: string, offset: number, what: string): Name => {
  const fault = (code: string, reason: string): Name => {
    warnings.add(code, section, offset, `${what} ${reason}`)
    return { text: null, fault: `${what} ${reason}` }
  }
  if (field.kind === 'raw') return fault('raw-pointer', 'is a number without a relocation: no pointer that the loader would set')
  if (field.kind === 'bad') return fault('bad-relocation', field.why)
  if (field.kind !== 'place') return fault('bad-pointer', 'does not point to a string')
  const text = stringAt(elf, field, limits.nameBytesMax)
  if (!text.ok && text.why === 'too-long') return fault('name-too-long', `is longer than ${limits.nameBytesMax} bytes`)
  if (!text.ok)
    return fault(
      text.why === 'unterminated' ? 'unterminated-string' : 'bad-pointer',
      text.why === 'unterminated' ? 'does not end with a NUL' : 'points outside data',
    )
  if (text.text === '') warnings.add('empty-name', section, offset, `${what} is empty`)
  if (/[^\x21-\x7e]/.test(text.text)) warnings.add('odd-name', section, offset, `${what} has characters that no symbol has`)
  return { text: text.text, fault: null }
}

/** Name of the FUNC symbol at the target of a code pointer; null where it was stripped. */
export const codeName = (elf: Elf, at: Place): string | null => {
  const symbol = symbolAt(elf, at.section, at.offset, STT.FUNC)
  return symbol === null ? null : elf.symbols.name(symbol)
}

/** The four pointers of struct klp_callbacks. */
export const readCallbacks = ({ elf, warnings }: Reading, at: Place): Partial<Record<CallbackKind, string | null>> => {
  const callbacks: Partial<Record<CallbackKind, string | null>> = {}
  CALLBACK_KINDS.forEach((kind, index) => {
    const offset = at.offset + index * 8
    if (offset + 8 > at.section.size) return
    const field = fieldAt(elf, at.section, offset)
    if (field.kind === 'null') return
    const isCodePointer = field.kind === 'place' && isCode(field.section)
    if (!isCodePointer) warnings.add('bad-pointer', at.section.name, offset, `callback ${kind} does not point to code`)
    callbacks[kind] = isCodePointer ? codeName(elf, field) : null
  })
  return callbacks
}

const FUNCTION_HEAD_BYTES = 24

/** Reads one klp_func; null where no function is: the code pointer is the evidence, a broken name is reported and kept as null. */
export const readFunction = (reading: Reading, at: Place): { function: InspectedFunction; fault: string | null } | null => {
  const { elf, warnings } = reading
  const { section, offset } = at
  if (offset + FUNCTION_HEAD_BYTES > section.size) return null
  const code = fieldAt(elf, section, offset + 8)
  if (code.kind !== 'place' || !isCode(code.section)) return null
  const name = nameFrom(reading, fieldAt(elf, section, offset), section.name, offset, 'the old name of a function')
  for (const field of [offset, offset + 8])
    if (hasInPlaceBytes(elf, section, field))
      warnings.add('in-place-bytes', section.name, field, 'bytes under a relocation; the relocation wins')
  const sympos = section.type === SHT.NOBITS ? '0' : elf.input.decimal(section.offset + offset + 16)
  return {
    function: { oldName: name.text, sympos, newName: codeName(elf, code), code: reading.graph.hash(code) },
    fault: name.fault,
  }
}

const readFunctions = (
  reading: Reading,
  start: Place,
  stride: number,
  functionsLeft: number,
): { functions: InspectedFunction[]; fault: string | null } => {
  const { elf, limits, warnings } = reading
  const functions: InspectedFunction[] = []
  let fault: string | null = null
  const stop = (code: string, offset: number, why: string) => {
    warnings.add(code, start.section.name, offset, why)
    return { functions, fault: why }
  }
  for (let offset = start.offset; ; offset += stride) {
    if (offset + FUNCTION_HEAD_BYTES > start.section.size)
      return stop('unterminated', start.offset, 'an array of functions has no terminator')
    if (isBlank(elf, start.section, offset, FUNCTION_HEAD_BYTES)) return { functions, fault }
    if (functions.length >= functionsLeft) return stop('too-many-functions', start.offset, `more than ${limits.functionsMax} functions`)
    const read = readFunction(reading, { section: start.section, offset })
    if (!read) return stop('bad-record', offset, `${start.section.name}+${offset} is no klp_func`)
    functions.push(read.function)
    fault ??= read.fault
  }
}

const OBJECT_HEAD_BYTES = 16

/** kernel/livepatch/core.c, klp_init_object: every object is a directory in sysfs, by its name. */
export const warnOfSecond = (warnings: Warnings, section: Section, offset: number, name: string | null): void =>
  warnings.add('duplicate-object', section.name, offset, `a second object ${name ?? 'vmlinux'}: the kernel refuses it (EEXIST)`)

/**
 * Walks the klp_object array as the kernel does (klp_for_each_object_static, klp_for_each_func_static in include/linux/livepatch.h), but
 * never beyond a section, and says where an array is not what the kernel needs.
 */
export const readObjects = (reading: Reading, root: Place, layout: Layout): ReadObjects => {
  const { elf, limits, warnings } = reading
  const objects: InspectedObject[] = []
  const functionArrays: Extent[] = []
  const starts = new Map<string, number>()
  const named = new Set<string | null>()
  let fault: string | null = null
  let left = limits.functionsMax
  let offset = root.offset
  const finish = (why: string | null): ReadObjects => ({
    objects: why !== null && objects.length === 0 ? null : objects,
    fault: why,
    objectArray: { at: root, size: (objects.length + 1) * layout.object },
    functionArrays,
  })
  const stop = (code: string, why: string): ReadObjects => {
    warnings.add(code, root.section.name, offset, why)
    return finish(why)
  }
  for (; ; offset += layout.object) {
    if (offset + OBJECT_HEAD_BYTES > root.section.size) return stop('unterminated', 'the array of objects has no terminator')
    if (isBlank(elf, root.section, offset, OBJECT_HEAD_BYTES)) return finish(fault)
    if (objects.length >= limits.objectsMax) return stop('too-many-objects', `more than ${limits.objectsMax} objects`)
    const read = readObject(reading, { section: root.section, offset }, layout, left)
    if (!read) return stop('bad-record', `${root.section.name}+${offset} is no klp_object`)
    const { name, kind } = read.object
    if (kind !== 'unknown' && named.has(name)) warnOfSecond(warnings, root.section, offset, name)
    named.add(name)
    objects.push(read.object)
    left -= read.object.functions.length
    fault ??= read.fault
    if (!read.functions) continue
    const key = `${read.functions.section.index} ${read.functions.offset}`
    if (starts.has(key) && read.object.functions.length > 0)
      warnings.add('shared-functions', root.section.name, offset, 'two objects share one array of functions')
    starts.set(key, offset)
    functionArrays.push({ at: read.functions, size: (read.object.functions.length + 1) * layout.function })
    if (read.fault && read.object.functions.length === 0) return { ...finish(read.fault), objects: null }
  }
}

const readObject = (
  reading: Reading,
  at: Place,
  layout: Layout,
  left: number,
): { object: InspectedObject; functions: Place | null; fault: string | null } | null => {
  const { elf, warnings } = reading
  const { section, offset } = at
  const nameField = fieldAt(elf, section, offset)
  const functionsField = fieldAt(elf, section, offset + 8)
  for (const field of [offset, offset + 8])
    if (hasInPlaceBytes(elf, section, field))
      warnings.add('in-place-bytes', section.name, field, 'bytes under a relocation; the relocation wins')
  if (nameField.kind === 'outside' || (nameField.kind === 'place' && !isData(nameField.section))) return null
  if (functionsField.kind !== 'null' && (functionsField.kind !== 'place' || !isData(functionsField.section))) return null
  const name =
    nameField.kind === 'null' ? { text: null, fault: null } : nameFrom(reading, nameField, section.name, offset, 'the name of an object')
  const kind = nameField.kind === 'null' ? 'vmlinux' : name.text === null ? 'unknown' : 'module'
  if (name.text === 'vmlinux')
    warnings.add('odd-name', section.name, offset, 'an object is called "vmlinux"; the kernel takes that for a module of this name')
  if (functionsField.kind === 'null')
    warnings.add('no-functions', section.name, offset, 'an object without an array of functions; the kernel refuses it (EINVAL)')
  const functions = functionsField.kind === 'place' ? functionsField : null
  const read = functions ? readFunctions(reading, functions, layout.function, left) : { functions: [], fault: null }
  const callbacks = readCallbacks(reading, { section, offset: offset + layout.callbacks })
  const object: InspectedObject = {
    name: name.text,
    kind,
    functions: read.functions,
    callbacks,
    ...(read.fault ? { broken: read.fault } : {}),
  }
  return { object, functions, fault: name.fault ?? read.fault }
}

/**
 * Where the callbacks stand in a klp_object: behind name and funcs, or, with two pointers in between (openEuler's load and unload hooks),
 * at 32. A pointer at 48 or 56 tells, because the mainline structure has none there; so does the size of that vendor's structure.
 */
export const callbacksOffset = (elf: Elf, root: Place, stride: number): 16 | 32 => {
  const VENDOR_OBJECT_BYTES = 184
  if (stride === VENDOR_OBJECT_BYTES) return 32
  for (let offset = root.offset; offset + OBJECT_HEAD_BYTES <= root.section.size; offset += stride) {
    if (isBlank(elf, root.section, offset, OBJECT_HEAD_BYTES)) break
    for (const far of [48, 56])
      if (far + 8 <= stride && offset + far + 8 <= root.section.size && fieldAt(elf, root.section, offset + far).kind === 'place') return 32
  }
  return 16
}
