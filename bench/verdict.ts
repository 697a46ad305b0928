import type { Stack } from '../shared/kernel/index.ts'
import { Digest, type Manifest } from '../shared/livepatch/index.ts'
import { judgeChange } from '../shared/verdict/index.ts'
import { type Figure, medianCpu } from './figure.ts'

const FUNCTIONS = 500
const STACKS = 100
const RELEASE = '6.1.0-50-amd64'

const manifest = (number: number, functions: number): Manifest => ({
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
    { name: null, functions: Array.from({ length: functions }, (_, index) => ({ name: `f_${index}`, sympos: '0' })), callbacks: {} },
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

const stackOn = ({ name, digest }: Manifest): Stack => ({
  kernelRelease: RELEASE,
  livepatches: [{ name, digest, enabled: true, transition: false }],
  resident: [],
  targets: [],
  forced: false,
})

/** A livepatch of 500 functions judged on 100 different stacks, each of an older livepatch of up to 500 functions. */
export const verdictFigures = async (): Promise<readonly Figure[]> => {
  const older = Array.from({ length: STACKS }, (_, index) => manifest(index + 1, Math.floor((FUNCTIONS * (index + 1)) / STACKS)))
  const livepatch = manifest(STACKS + 1, FUNCTIONS)
  const known = new Map(older.map(each => [each.name, each]))
  const cohorts = older.map(each => ({ stack: stackOn(each), hosts: 10 }))
  const seconds = await medianCpu(7, () => judgeChange({ livepatch, cohorts, known }))
  return [
    { name: `verdict, ${FUNCTIONS} functions on ${STACKS} stacks`, value: seconds * 1000, unit: 'ms CPU', target: 100, wanted: 'at most' },
  ]
}
