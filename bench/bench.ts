// `npm run bench`: every figure beside its target. Exit 1 where one is missed. Names choose parts: `npm run bench -- verdict kernel`.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { synthesize } from '../demo/synthesize.ts'
import { appendFigures } from './appends.ts'
import { bundleFigures } from './bundles.ts'
import { type Figure, isMet } from './figure.ts'
import { kernelFigures } from './kernel.ts'
import { startFigures } from './start.ts'
import { verdictFigures } from './verdict.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { assembly } = await synthesize(root)

const PARTS: Readonly<Record<string, () => readonly Figure[] | Promise<readonly Figure[]>>> = {
  verdict: verdictFigures,
  kernel: () => kernelFigures(root),
  appends: appendFigures,
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
let missed = 0
for (const [name, measure] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const figure of await measure()) {
    process.stdout.write(`${line(figure)}\n`)
    if (!isMet(figure)) missed += 1
  }
}
process.exit(missed === 0 ? 0 : 1)
