import type { Stack } from '../shared/kernel/index.ts'
import { Digest, type Manifest } from '../shared/livepatch/index.ts'
import { type Judge, judgeChange } from '../shared/verdict/index.ts'
import { type Figure, medianCpu } from './figure.ts'

const FUNCTIONS = 500
const STACKS = 100
/** The same on a fleet where every livepatch runs with each of 100 sets of loaded drivers. */
const DRIVERS = Array.from({ length: 7 }, (_, index) => `drv_${index}`)
const SETS = 100
const RELEASE = '6.1.0-50-amd64'

const onDriver = (name: string): Manifest['objects'][number] => ({
  name,
  functions: [{ name: 'probe', sympos: '0' }],
  callbacks: name === 'drv_0' ? { pre_patch: null, post_unpatch: null } : {},
})

/** A digest of code that every tenth livepatch changes; each livepatch has texts of its own, as manifests that were read have. */
const codeOf = (index: number, number: number): string => `${index}${Math.floor((number + index) / 10)}`.padStart(64, '0')

const manifest = (number: number, functions: number, drivers: readonly string[] = []): Manifest => ({
  schema: 'supersede.manifest/1',
  digest: Digest.parse(number.toString(16).padStart(64, '0')),
  size: 1,
  name: `lp_${number}`,
  series: 'bench',
  version: String(number),
  kernelRelease: RELEASE,
  arch: 'x86_64',
  replace: true,
  objects: [
    {
      name: null,
      functions: Array.from({ length: functions }, (_, index) => ({ name: `f_${index}`, sympos: '0', code: codeOf(index, number) })),
      callbacks: {},
    },
    ...drivers.map(onDriver),
  ],
  states: [],
  shadowImports: [],
  fixes: [],
  adopts: [],
  license: 'GPL',
  srcversion: null,
  depends: [],
  signature: { present: true, signer: null },
  stated: [],
})

const stackOn = ({ name, digest }: Manifest, targets: readonly string[] = []): Stack => ({
  kernelRelease: RELEASE,
  livepatches: [{ name, digest, enabled: true, transition: false }],
  resident: [],
  targets,
  forced: false,
})

const olderOnes = (drivers: readonly string[]): readonly Manifest[] =>
  Array.from({ length: STACKS }, (_, index) => manifest(index + 1, Math.floor((FUNCTIONS * (index + 1)) / STACKS), drivers))

const knownOf = (manifests: readonly Manifest[]): Judge['known'] => new Map(manifests.map(each => [each.name, each]))

/** Each of 100 older livepatches of up to 500 functions on a stack of its own. */
const hundred = (): Judge => {
  const older = olderOnes([])
  return {
    livepatch: manifest(STACKS + 1, FUNCTIONS),
    cohorts: older.map(each => ({ stack: stackOn(each), hosts: 10 })),
    known: knownOf(older),
  }
}

const tenThousand = (): Judge => {
  const older = olderOnes(DRIVERS)
  const sets = Array.from({ length: SETS }, (_, set) => DRIVERS.filter((_driver, bit) => ((set >> bit) & 1) === 1))
  return {
    livepatch: manifest(STACKS + 1, FUNCTIONS, DRIVERS),
    cohorts: older.flatMap(each => sets.map(targets => ({ stack: stackOn(each, targets), hosts: 1 }))),
    known: knownOf(older),
  }
}

/** Megabytes by which one verdict makes the process grow beyond its input at its peak, or more where the process was larger before. */
const growthOf = (asked: Judge): number => {
  const before = process.memoryUsage().rss
  const verdict = judgeChange(asked)
  const peak = process.resourceUsage().maxRSS * 1024
  return verdict.cohorts.length === asked.cohorts.length ? (peak - before) / 1e6 : Number.NaN
}

/** The compiler of JavaScript goes on in the background for about that many runs, and its threads count as CPU time of the process. */
const WARM_UP_RUNS = 200

/** A livepatch of 500 functions judged on 100 and on 10,000 different stacks, as a service does that has judged before. */
export const verdictFigures = async (): Promise<readonly Figure[]> => {
  const few = hundred()
  for (let run = 0; run < WARM_UP_RUNS; run += 1) judgeChange(few)
  const fewSeconds = await medianCpu(101, () => judgeChange(few))
  const many = tenThousand()
  const memory = growthOf(many)
  const manySeconds = await medianCpu(5, () => judgeChange(many))
  const name = (stacks: number): string => `verdict, ${FUNCTIONS} functions on ${stacks.toLocaleString('en')} stacks`
  return [
    { name: name(few.cohorts.length), value: fewSeconds * 1000, unit: 'ms CPU', target: 5, wanted: 'at most' },
    { name: name(many.cohorts.length), value: manySeconds * 1000, unit: 'ms CPU', target: 400, wanted: 'at most' },
    { name: `${name(many.cohorts.length)}, memory`, value: memory, unit: 'MB', target: 150, wanted: 'at most' },
  ]
}
