import { fieldAt, hasInPlaceBytes, type Place, symbolAt } from '../elf/follow.ts'
import { lowerBound } from '../elf/lower-bound.ts'
import type { Elf } from '../elf/read-elf.ts'
import { STT } from '../elf/read-symbols.ts'
import { isData, SHT } from '../elf/section.ts'
import type { InspectedPatch, InspectedState, Replace } from '../inspected-module.ts'
import type { CodeReferences, CodeTargets } from './code-targets.ts'
import { type FoundPatch, findPatch, PATCH_HEAD_BYTES } from './find-patch.ts'
import { inferReplace } from './infer-replace.ts'
import { keyOf } from './key.ts'
import { callbacksOffset, type Extent, type Layout, type Reading, type ReadObjects, readObjects } from './read-objects.ts'
import { readStates } from './read-states.ts'
import { type Strides, solveStrides } from './solve-strides.ts'
import { type Terrain, terrainOf } from './terrain.ts'
import { mayWriteByte } from './written-later.ts'

/** The first kernel release with `states` in struct klp_patch, and the first with `replace`. */
const STATES_SINCE: readonly [number, number] = [5, 5]

export const hasStatesByRelease = (kernelRelease: string | null): boolean | null => {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernelRelease ?? '') ?? []
  if (major === undefined || minor === undefined) return null
  return Number(major) > STATES_SINCE[0] || (Number(major) === STATES_SINCE[0] && Number(minor) >= STATES_SINCE[1])
}

/** Reads a klp_patch that the compiler laid out in data (plain C). */
export const readStaticPatch = (reading: Reading, references: CodeReferences, kernelRelease: string | null): InspectedPatch => {
  const terrain = terrainOf(reading.elf, reading.limits.nameBytesMax)
  const found = findPatch(reading.elf, references, terrain, reading.warnings)
  if (found.kind === 'none') return dynamicPatch(reading.elf, references, kernelRelease)
  if (found.kind === 'several') return ambiguousPatch(reading.elf, found.candidates)
  return readPatch(reading, references, terrain, found, kernelRelease)
}

const dynamicPatch = (elf: Elf, references: CodeReferences, kernelRelease: string | null): InspectedPatch => ({
  status: 'dynamic',
  foundBy: null,
  replace: inferReplace(elf, references, hasStatesByRelease(kernelRelease) ?? true),
  objects: null,
  states: null,
  note: 'no klp_patch in the data: code builds it when the module is loaded',
})

const ambiguousPatch = (elf: Elf, candidates: readonly Place[]): InspectedPatch => ({
  status: 'ambiguous',
  foundBy: null,
  replace: { value: null, certainty: 'ambiguous' },
  objects: null,
  states: null,
  note: `${candidates.length} structures could be the klp_patch; code decides which one is enabled`,
  candidates: candidates.map(at => {
    const symbol = symbolAt(elf, at.section, at.offset, STT.OBJECT)
    return { section: at.section.name, offset: at.offset, symbol: symbol === null ? null : elf.symbols.name(symbol) }
  }),
})

const readPatch = (
  reading: Reading,
  references: CodeReferences,
  terrain: Terrain,
  found: FoundPatch & { kind: 'one' },
  kernelRelease: string | null,
): InspectedPatch => {
  const { elf, warnings } = reading
  const { at, foundBy } = found
  for (const field of [0, 8])
    if (hasInPlaceBytes(elf, at.section, at.offset + field))
      warnings.add('in-place-bytes', at.section.name, at.offset + field, 'bytes under a relocation; the relocation wins')
  const [begin, end] = [keyOf(at.section.index, at.offset), keyOf(at.section.index, at.offset + PATCH_HEAD_BYTES)]
  const written = Array.from(
    references.targets.data.filter(key => key > begin && key < end),
    key => key - begin,
  )
  const tail = readTail(reading, references, at, written, kernelRelease)
  const base = { foundBy, replace: tail.replace, states: tail.states }
  const objectsField = fieldAt(elf, at.section, at.offset + 8)
  if (objectsField.kind === 'null')
    return {
      ...base,
      status: 'partial',
      objects: null,
      layout: tail.layout,
      note: 'the pointer to the objects is empty in the file; code sets it when the module is loaded',
    }
  if (objectsField.kind !== 'place' || !isData(objectsField.section)) {
    const why = objectsField.kind === 'bad' ? objectsField.why : 'does not point to data'
    warnings.add('bad-pointer', at.section.name, at.offset + 8, `the pointer to the objects ${why}`)
    return { ...base, status: 'malformed', objects: null, layout: tail.layout, note: `the pointer to the objects ${why}` }
  }
  const root = objectsField
  const objectsWritten = written.some(distance => distance < 16)
  const strides = strideSearch(reading, terrain, root, found.others)
  const layout = layoutOf(elf, root, strides)
  const read = readObjects(reading, root, layout)
  if (!strides && !read.fault)
    warnings.add('no-record-sizes', root.section.name, root.offset, 'no sizes of klp_object and klp_func fit the arrays')
  const unsure = tail.replace.certainty === 'runtime' ? { note: 'code writes `replace` when the module is loaded' } : {}
  return {
    ...base,
    ...unsure,
    ...judge(elf, references, read, strides, tail.fault, objectsWritten),
    layout: describe(tail.layout, layout),
    strides: layout,
  }
}

const strideSearch = ({ elf, limits, warnings }: Reading, terrain: Terrain, root: Place, others: readonly Place[]): Strides | null => {
  const bounds = { recordsMax: 200_000 + terrain.pairCount * 16, objectsMax: limits.objectsMax, functionsMax: limits.functionsMax }
  const first = keyOf(root.section.index, root.offset)
  const more = others.flatMap(other => {
    const field = fieldAt(elf, other.section, other.offset + 8)
    return field.kind === 'place' ? [keyOf(field.section.index, field.offset)] : []
  })
  const solve = (seen: Terrain): Strides | null =>
    solveStrides(seen, [first, ...more], bounds) ?? (more.length > 0 ? solveStrides(seen, [first], bounds) : null)
  const bySymbols = solve(terrain)
  if (bySymbols) return bySymbols
  const byBytes = solve({ ...terrain, symbolSize: () => null })
  if (byBytes)
    warnings.add('symbol-size', root.section.name, root.offset, 'the sizes of the symbols contradict the arrays; the bytes count')
  return byBytes
}

const MAINLINE: Layout = { object: 168, function: 152, callbacks: 16 }

const layoutOf = (elf: Elf, root: Place, strides: Strides | null): Layout =>
  strides ? { object: strides.object, function: strides.function, callbacks: callbacksOffset(elf, root, strides.object) } : MAINLINE

const describe = (heads: string, { object, function: functions, callbacks }: Layout): string => {
  if (object === MAINLINE.object && functions === MAINLINE.function && callbacks === MAINLINE.callbacks) return heads
  return `${callbacks === MAINLINE.callbacks ? heads : 'openEuler'}: strides ${object}/${functions}, callbacks at +${callbacks}`
}

type Touches = (extent: Extent) => boolean

/** Whether code refers to the inside of an extent; the targets are sorted once, because there may be as many arrays as targets. */
const touching = ({ data }: CodeTargets): Touches => {
  const column = data.toSorted()
  return ({ at, size }) => {
    const start = keyOf(at.section.index, at.offset)
    const first = column[lowerBound(column, start)]
    return first !== undefined && first < start + size
  }
}

type Judged = Pick<InspectedPatch, 'status' | 'objects'> & { note?: string; incomplete?: boolean }

/** What the arrays amount to: read, unreadable, or filled in by code later. */
const judge = (
  elf: Elf,
  references: CodeReferences,
  read: ReadObjects,
  strides: Strides | null,
  tailFault: string | null,
  objectsWritten: boolean,
): Judged => {
  const touches = touching(references.targets)
  const { objects, objectArray } = read
  if (objects && objects.length === 0 && !read.fault && (objectArray.at.section.type === SHT.NOBITS || touches(objectArray)))
    return { status: 'partial', objects: null, note: 'the array of objects is zero in the file and written when the module is loaded' }
  const fault = read.fault ?? (strides ? null : 'no record sizes fit the arrays') ?? tailFault
  if (fault) return { status: 'malformed', objects, note: fault, ...(objects ? { incomplete: true } : {}) }
  const rewritten = objectsWritten || touches(objectArray) || read.functionArrays.some(touches)
  if (rewritten)
    return {
      status: 'partial',
      objects,
      incomplete: true,
      note: 'code refers to the inside of the arrays: they may be changed when the module is loaded',
    }
  const unclaimed = strides && elf.symbols.count > 0 ? strides.unclaimed : 0
  return {
    status: 'static',
    objects,
    ...(strippedNote(objects) ? { note: strippedNote(objects) ?? '' } : {}),
    ...(unclaimed > 0 ? { incomplete: true } : {}),
  }
}

const strippedNote = (objects: InspectedPatch['objects']): string | null => {
  const names = (objects ?? []).flatMap(object => [...object.functions.map(({ newName }) => newName), ...Object.values(object.callbacks)])
  return names.includes(null) ? 'symbols were stripped: that a function or callback is there is known, its name is not' : null
}

type Tail = { replace: Replace; states: InspectedState[] | null; layout: string; fault: string | null }

/** What stands behind `objs`: `states` and `replace` since 5.5, `replace` alone in 5.1 to 5.4. The bytes decide, not vermagic. */
const readTail = (
  reading: Reading,
  references: CodeReferences,
  at: Place,
  written: readonly number[],
  kernelRelease: string | null,
): Tail => {
  const { elf, warnings } = reading
  const { section, offset } = at
  const byte = (distance: number): number => (section.type === SHT.NOBITS ? 0 : (elf.input.bytes[section.offset + offset + distance] ?? 0))
  const field = fieldAt(elf, section, offset + 16)
  const isOld = field.kind === 'raw' && byte(16) !== 0
  const layout = field.kind === 'null' && byte(24) === 0 ? 'not told by the bytes' : isOld ? '5.1-5.4' : '5.5+'
  const byRelease = hasStatesByRelease(kernelRelease)
  if (layout !== 'not told by the bytes' && byRelease !== null && byRelease === isOld)
    warnings.add('layout-conflict', section.name, offset + 16, `the bytes show the layout of ${layout}, vermagic says ${kernelRelease}`)
  const value = isOld ? byte(16) : byte(24)
  if (value > 1) warnings.add('odd-replace', section.name, offset + (isOld ? 16 : 24), `replace is ${value}, neither 0 nor 1`)
  if (isOld && byte(24) !== 0) warnings.add('odd-replace', section.name, offset + 24, 'both places where replace may stand are set')
  const isRuntime = written.some(distance => distance >= 16) || mayWriteByte(elf, references, at, isOld ? 16 : 24)
  const replace: Replace = isRuntime ? { value: null, certainty: 'runtime' } : { value: value !== 0, certainty: 'static' }
  if (field.kind === 'null' || isOld) return { replace, layout, states: [], fault: null }
  const states = field.kind === 'place' && isData(field.section) ? readStates(reading, field) : null
  const fault = states ? null : 'the states could not be read'
  if (!states) warnings.add('bad-pointer', section.name, offset + 16, fault ?? '')
  return { replace, layout, states, fault }
}
