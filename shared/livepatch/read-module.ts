import { sha256 } from '../canonical/index.ts'
import { openContainer } from './container/open-container.ts'
import { type Elf, readElf } from './elf/read-elf.ts'
import type { InspectedModule, InspectedPatch } from './inspected-module.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { codeGraph } from './patch/code-graph.ts'
import { type CodeReferences, ENABLING, readCodeReferences } from './patch/code-targets.ts'

import { readEffects } from './patch/read-effects.ts'
import { isKlpBuild, readKlpBuild } from './patch/read-klp-build.ts'
import { readKlpRelocations } from './patch/read-klp-relocations.ts'
import { isKpatch, readKpatch } from './patch/read-kpatch.ts'
import { linkonceName, type Modinfo, readModinfo } from './patch/read-modinfo.ts'
import type { Reading } from './patch/read-objects.ts'
import { readStatements } from './patch/read-statements.ts'
import { readStaticPatch } from './patch/read-static.ts'
import { type Refusal, refuse } from './refusal.ts'
import { describeSignature } from './signature/describe-signature.ts'
import { splitSignature } from './signature/split-signature.ts'
import type { Certificate } from './signature/verify-signature.ts'
import { collectWarnings, type Warning, type Warnings } from './warnings.ts'

export type ReadOptions = {
  limits?: Partial<Limits>
  /** Certificates to judge the signature with; without them `valid` and `trusted` stay null. */
  certificates?: readonly Certificate[]
  /** Name of the file; the module's name is taken from it where the module says none. */
  file?: string
}

export type ReadResult = { ok: true; module: InspectedModule; warnings: readonly Warning[] } | { ok: false; error: Refusal }

/**
 * Everything that a livepatch module says of itself, read from its bytes and never by running it. A file that is no relocatable 64-bit ELF
 * module is refused with a typed error; what is odd but readable is a warning; what cannot be known statically is said so.
 */
export const readModule = (bytes: Uint8Array, options: ReadOptions = {}): ReadResult => {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const warnings = collectWarnings(limits.warningsMax)
  const opened = openContainer(bytes, limits, warnings)
  if (!opened.ok) return opened
  const split = splitSignature(opened.value.bytes, limits, warnings)
  if (split.kind === 'signed' && split.elf.length < ELF_BYTES_MIN)
    return refuse('truncated', 'signature', split.elf.length, 'the signature leaves no ELF file in front of it')
  const elf = readElf(split.elf, limits, warnings)
  if (!elf.ok) return elf
  const signature = describeSignature(split, options.certificates, warnings)
  const module = describe(
    bytes,
    { compression: opened.value.compression, signature },
    { elf: elf.value, limits, warnings, graph: codeGraph(elf.value, limits.nameBytesMax) },
    options,
  )
  return { ok: true, module, warnings: module.warnings }
}

/** An ELF header. */
const ELF_BYTES_MIN = 64

type Wrapping = Pick<InspectedModule, 'compression' | 'signature'>

const describe = (bytes: Uint8Array, wrapping: Wrapping, reading: Reading, { file }: ReadOptions): InspectedModule => {
  const { elf, warnings } = reading
  const modinfo = readModinfo(elf, reading.limits.modinfoEntriesMax, warnings)
  const first = (key: string): string | null => modinfo.get(key)?.[0] ?? null
  const vermagic = first('vermagic')
  const kernelRelease = vermagic?.split(' ')[0] || null
  const references = readCodeReferences(elf)
  const livepatch = modinfo.has('livepatch')
  const { flavour, patch } = readPatch(reading, references, livepatch, kernelRelease)
  warnOfModinfo(modinfo, warnings)
  return {
    ...(file === undefined ? {} : { file }),
    sha256: sha256(bytes),
    size: bytes.length,
    ...wrapping,
    arch: elf.machine.arch,
    endian: elf.machine.little ? 'little' : 'big',
    name: moduleName(elf, modinfo, file, warnings),
    vermagic,
    kernelRelease,
    srcversion: first('srcversion'),
    license: first('license'),
    depends: (first('depends') ?? '').split(',').filter(name => name !== ''),
    livepatch,
    flavour,
    patch,
    ...importsOf(elf),
    klpRelocations: readKlpRelocations(reading),
    statements: readStatements(modinfo),
    effects: elf.symbols.count === 0 ? NO_EFFECTS_READ : readEffects(elf, reading.graph),
    warnings: warnings.list,
  }
}

const NO_EFFECTS_READ: InspectedModule['effects'] = { init: null, exit: null }
const NOT_READ: Omit<InspectedPatch, 'status'> = { foundBy: null, replace: { value: null, certainty: 'none' }, objects: null, states: null }

const readPatch = (
  reading: Reading,
  references: CodeReferences,
  livepatch: boolean,
  kernelRelease: string | null,
): { flavour: InspectedModule['flavour']; patch: InspectedPatch } => {
  const enables = reading.elf.symbols.imports(name => ENABLING.has(name)).length > 0
  if (!livepatch) {
    if (enables)
      reading.warnings.add(
        'no-livepatch-tag',
        '.modinfo',
        null,
        'calls klp_enable_patch, but is not marked livepatch=Y: the kernel refuses it',
      )
    return { flavour: null, patch: { ...NOT_READ, status: 'not-a-livepatch' } }
  }
  if (reading.elf.symbols.count === 0)
    return {
      flavour: null,
      patch: { ...NOT_READ, status: 'malformed', note: 'there is no symbol table, so nothing of it can be followed' },
    }
  if (isKpatch(reading)) return { flavour: 'kpatch-build', patch: readKpatch(reading, references) }
  if (isKlpBuild(reading)) return { flavour: 'klp-build', patch: readKlpBuild(reading, references) }
  if (!enables)
    return {
      flavour: 'plain',
      patch: { ...NOT_READ, status: 'none', note: 'marked livepatch=Y, but never enables one: klp_enable_patch is not imported' },
    }
  return { flavour: 'plain', patch: readStaticPatch(reading, references, kernelRelease) }
}

const SHADOW_API = new Set(['klp_shadow_get', 'klp_shadow_alloc', 'klp_shadow_get_or_alloc', 'klp_shadow_free', 'klp_shadow_free_all'])
const STATE_API = new Set(['klp_get_state', 'klp_get_prev_state'])

const importsOf = (elf: Elf): Pick<InspectedModule, 'shadowImports' | 'stateImports'> => {
  const { imports } = elf.symbols
  return { shadowImports: [...imports(name => SHADOW_API.has(name))], stateImports: [...imports(name => STATE_API.has(name))] }
}

const fromFile = (file: string | undefined): string | null => {
  const base = file
    ?.split('/')
    .at(-1)
    ?.replace(/\.ko(\.(gz|xz|zst))?$/, '')
    .replaceAll('-', '_')
  return base ? base : null
}

const moduleName = (elf: Elf, modinfo: Modinfo, file: string | undefined, warnings: Warnings): string | null => {
  const stated = modinfo.get('name')?.[0] ?? null
  const built = linkonceName(elf)
  if (stated !== null && built !== null && stated !== built)
    warnings.add('name-mismatch', '.modinfo', null, `.modinfo says ${stated}, the module structure says ${built}`)
  return stated ?? built ?? fromFile(file)
}

const warnOfModinfo = (modinfo: Modinfo, warnings: Warnings): void => {
  const livepatch = modinfo.get('livepatch')?.[0]
  if (livepatch !== undefined && livepatch !== 'Y')
    warnings.add('odd-livepatch-tag', '.modinfo', null, `livepatch=${livepatch}; the kernel only tests that the tag is there`)
  for (const key of ['vermagic', 'name', 'license', 'srcversion', 'depends', 'supersede_series', 'supersede_version'])
    if ((modinfo.get(key)?.length ?? 0) > 1)
      warnings.add('repeated-modinfo', '.modinfo', null, `${key} is stated more than once; the first counts`)
}
