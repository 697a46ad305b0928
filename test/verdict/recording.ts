import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as z from 'zod'
import type { Stack } from '../../shared/kernel/index.ts'
import { CALLBACK_KINDS, type Manifest } from '../../shared/livepatch/index.ts'
import { livepatch } from './examples.ts'

/** A recording of a real kernel (test/data/kernel-transcripts/README.md), as far as it is about loading livepatches. */
const Recording = z.object({
  name: z.string(),
  kernel: z.string(),
  modules: z.array(
    z.object({
      name: z.string(),
      kind: z.string().default('livepatch'),
      replace: z.boolean().default(false),
      states: z.array(z.object({ id: z.number(), version: z.number() })).default([]),
      objects: z
        .array(
          z.object({
            name: z.string().nullish(),
            funcs: z
              .array(
                z.union([
                  z.string().transform(name => ({ name, sympos: 0 })),
                  z.object({ name: z.string(), sympos: z.number().default(0) }),
                ]),
              )
              .default([]),
            callbacks: z.partialRecord(z.enum(CALLBACK_KINDS), z.union([z.number(), z.boolean()])).default({}),
          }),
        )
        .default([]),
      unmarked: z.boolean().default(false),
      noenable: z.boolean().default(false),
      init_ret: z.number().default(0),
    }),
  ),
  steps: z.array(
    z.object({
      op: z.string(),
      module: z.string().optional(),
      call: z.string().optional(),
      rc: z.string(),
      log: z.array(z.string()),
      patches: z.record(z.string(), z.object({ enabled: z.string(), transition: z.string() })),
      modules: z.record(z.string(), z.string()),
      /** Whose code answers, by function. */
      calls: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
})
export type Recording = z.infer<typeof Recording>
export type Step = Recording['steps'][number]

const parsed = (lines: string): readonly Recording[] =>
  lines
    .split('\n')
    .filter(line => line !== '')
    .map(line => Recording.parse(JSON.parse(line)))

export const recordings = (kernel: string, file: string): readonly Recording[] =>
  parsed(gunzipSync(readFileSync(`test/data/kernel-transcripts/${kernel}/${file}.jsonl.gz`)).toString('utf8'))

/** What the examples under examples/hazards did on a real kernel. */
export const hazardRecordings = (kernel: string): readonly Recording[] => parsed(readFileSync(`test/data/hazards/${kernel}.jsonl`, 'utf8'))

export const manifestOf = (module: Recording['modules'][number], kernel: string, more: Partial<Manifest> = {}): Manifest => ({
  ...livepatch({ name: module.name, version: '1', series: 'recorded', kernelRelease: kernel, replace: module.replace }),
  states: module.states.map(({ id, version }) => ({ id: String(id), version })),
  objects: module.objects.map(({ name, funcs, callbacks }) => ({
    name: name ?? null,
    functions: funcs.map(func => ({ name: func.name, sympos: String(func.sympos) })),
    callbacks: Object.fromEntries(CALLBACK_KINDS.filter(kind => callbacks[kind] !== undefined).map(kind => [kind, kind])),
  })),
  ...more,
})

/** What a host would have reported before a step. */
export const stackBefore = (
  recording: Recording,
  before: Step | undefined,
  loaded: readonly string[],
  known: ReadonlyMap<string, Manifest>,
): Stack => {
  const patches = before?.patches ?? {}
  const modules = before?.modules ?? {}
  const digest = (name: string): string | null => known.get(name)?.digest ?? null
  const resident = Object.entries(modules).filter(([name]) => known.has(name) && !patches[name])
  return {
    kernelRelease: recording.kernel,
    livepatches: loaded
      .filter(name => patches[name])
      .map(name => ({
        name,
        digest: digest(name),
        enabled: patches[name]?.enabled === '1',
        transition: patches[name]?.transition === '1',
      })),
    resident: resident.map(([name, refcnt]) => ({ name, digest: digest(name), refcnt: Number(refcnt) })),
    targets: Object.keys(modules)
      .filter(name => !known.has(name))
      .toSorted(),
    forced: resident.some(([, refcnt]) => refcnt !== '0'),
  }
}

/** Callbacks that said something, as `livepatch:object:callback`. */
export const spoken = (log: readonly string[]): readonly string[] =>
  log.flatMap(line => {
    const [, name, callback, object] =
      /^klpgen: (\S+) (pre_patch|post_patch|pre_unpatch|post_unpatch) (\S+) (none|live|coming|going)$/.exec(line) ?? []
    return name === undefined ? [] : [`${name}:${object}:${callback}`]
  })
