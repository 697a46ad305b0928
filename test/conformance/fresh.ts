import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { make as deep } from '../oracle/deep.ts'
import { explainDifference } from './difference.ts'
import { differencesOf, parseRecording, type Recording } from './recording.ts'
import { shrink } from './shrink.ts'

const USAGE = `usage: npm run conformance:fresh -- --oracle DIR [--kernel 6.1] [--count 200] [--seed 1] [--generator NAME] [--keep DIR] [--shrink]

Makes scenarios that nobody has seen, runs them on the real kernel in the oracle's virtual machine and on the simulation core, and
compares every field. DIR is the oracle (or the environment variable SUPERSEDE_ORACLE), with that kernel built there (its setup.sh).
Generators: deep (ours); random, random-aware, random-stall (the oracle's). --keep: where recordings that differ are written.
--shrink: leaves out of a differing scenario whatever is not needed for the difference.`

type Document = Readonly<Record<string, unknown>> & { readonly name: string }

/** Runs scenarios on the real kernel. Those that the guest did not survive are told and left out. */
const record = (oracle: string, kernel: string, scenarios: readonly unknown[]): string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  try {
    writeFileSync(join(folder, 'scenarios.json'), JSON.stringify(scenarios))
    const out = join(folder, 'out')
    const args = [join(oracle, 'oracle'), 'run', join(folder, 'scenarios.json'), '--kernel', kernel, '--out', out, '--quiet']
    const run = spawnSync('node', args, { encoding: 'utf8', maxBuffer: 1 << 28 })
    if (run.status !== 0) throw new Error(`the oracle failed: ${run.stderr}`)
    return readdirSync(out).flatMap(file => {
      const text = readFileSync(join(out, file), 'utf8')
      const { error, name } = JSON.parse(text)
      if (error === undefined) return [text]
      console.log(`${name}: the guest did not survive it (${error})`)
      return []
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const generate = (oracle: string, generator: string, count: number, seed: number, kernel: string): readonly unknown[] =>
  generator === 'deep' ? deep(count, seed, kernel) : createRequire(import.meta.url)(join(oracle, `${generator}.js`)).make(count, seed)

const isEqual = (recording: Recording): boolean => differencesOf(recording).length === 0

const tell = (recording: Recording): void => console.log(explainDifference(recording, differencesOf(recording)))

const main = (): number => {
  const { values } = parseArgs({
    options: {
      oracle: { type: 'string', default: process.env.SUPERSEDE_ORACLE ?? '' },
      kernel: { type: 'string', default: '6.1' },
      count: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      generator: { type: 'string', default: 'deep' },
      keep: { type: 'string' },
      shrink: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help || values.oracle === '') {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const oracle = resolve(values.oracle)
  const run = (scenarios: readonly unknown[]): string[] => record(oracle, values.kernel, scenarios)
  const texts = run(generate(oracle, values.generator, Number(values.count), Number(values.seed), values.kernel))
  const wrong = texts.filter(text => !isEqual(parseRecording(text)))
  for (const text of wrong) {
    const kept = values.shrink ? shrink(text, run, candidate => !isEqual(parseRecording(candidate))) : text
    tell(parseRecording(kept))
    if (values.keep === undefined) continue
    mkdirSync(values.keep, { recursive: true })
    const document: Document = JSON.parse(kept)
    writeFileSync(join(values.keep, `${document.name}.json`), `${JSON.stringify(document)}\n`)
  }
  console.log(`${texts.length - wrong.length} of ${texts.length} equal`)
  return wrong.length === 0 ? 0 : 1
}

process.exitCode = main()
