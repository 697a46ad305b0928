// `npm run bench`: every figure beside its target. Exit 1 where one is missed. Names choose parts: `npm run bench -- verdict kernel`.
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { synthesize } from '../demo/synthesize.ts'
import { appendFigures } from './appends.ts'
import { approvalFigures } from './approvals.ts'
import { bundleFigures } from './bundles.ts'
import { type Figure, isMet } from './figure.ts'
import { fleetFigures } from './fleet.ts'
import { holdFigures } from './holds.ts'
import { intakeFigures } from './intake.ts'
import { kernelFigures } from './kernel.ts'
import { policyFigures } from './policy.ts'
import { readerFigures } from './reader.ts'
import { startFigures } from './start.ts'
import { verdictFigures } from './verdict.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { assembly } = await synthesize(root)

const PARTS: Readonly<Record<string, () => readonly Figure[] | Promise<readonly Figure[]>>> = {
  verdict: verdictFigures,
  kernel: () => kernelFigures(root),
  fleet: fleetFigures,
  appends: appendFigures,
  approvals: () => approvalFigures(root, assembly),
  holds: () => holdFigures(root, assembly),
  reader: () => readerFigures(root),
  intake: () => intakeFigures(root, assembly),
  policy: () => policyFigures(root),
  start: () => startFigures(root),
  bundles: () => bundleFigures(assembly),
}

const round = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 0 : 1))

const line = (figure: Figure): string =>
  `${isMet(figure) ? 'met   ' : 'MISSED'}  ${figure.name.padEnd(52)} ${round(figure.value).padStart(9)} ${figure.unit.padEnd(16)} ${figure.wanted} ${figure.target.toLocaleString('en')}`

const wanted = process.argv.slice(2)
const unknown = wanted.find(name => !(name in PARTS))
if (unknown) {
  process.stderr.write(`bench: no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}\n`)
  process.exit(2)
}

/** Each part in a process of its own, so that no part pays for another's memory. */
const runApart = (name: string): boolean =>
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), name], {
    stdio: 'inherit',
    cwd: root,
  }).status === 0

const measure = async (name: string): Promise<boolean> => {
  const figures = (await PARTS[name]?.()) ?? []
  for (const figure of figures) process.stdout.write(`${line(figure)}\n`)
  return figures.every(isMet)
}

const [only] = wanted
const met = wanted.length === 1 && only ? [await measure(only)] : (wanted.length > 0 ? wanted : Object.keys(PARTS)).map(runApart)
process.exit(met.every(Boolean) ? 0 : 1)
