import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import type { Recording } from '../../conformance/recording.ts'
import { type Mutant, mutated } from './mutants.ts'

/*
 * The room and its tests in this process, once more for each mutant: every file is made a function once, and only the mutated one is
 * made anew, so that a trial costs about as much as the tests themselves.
 */
const ROOT = resolve(import.meta.dirname, '../../..')
const TESTS = resolve(ROOT, 'test/kernel')
const TRANSCRIPTS = resolve(ROOT, 'test/data/kernel-transcripts')
const RECORDING = resolve(ROOT, 'test/conformance/recording.ts')
/** What the guests' symbols are does not depend on a mutant, and reading them takes long. */
const SYMBOLS = resolve(ROOT, 'test/conformance/guest.ts')
/** Tests that read source, or that replay the recordings, which is done here. */
const LEFT_OUT: readonly string[] = ['conformance.test.ts', 'model-page.test.ts']

const nodeRequire = createRequire(import.meta.url)
const jestRequire = createRequire(nodeRequire.resolve('jest'))

type Exports = Readonly<Record<string, unknown>>
type Load = (file: string) => Exports
type Compiled = (require: (name: string) => unknown, exports: object, module: { exports: object }, url: string) => void

const compile = (code: string, file: string): Compiled => {
  const js = transformSync(code, { loader: 'ts', format: 'cjs', target: 'node24', define: { 'import.meta.url': '__url' } }).code
  return new Function('require', 'exports', 'module', '__url', `${js}\n//# sourceURL=${file}`) as Compiled
}

const compiled = new Map<string, Compiled>()
const compiledFile = (file: string): Compiled => {
  const known = compiled.get(file) ?? compile(readFileSync(file, 'utf8'), file)
  compiled.set(file, known)
  return known
}

type Test = { readonly title: string; readonly run: () => unknown }

/** As much of Jest as the tests of this room use. */
const jestFor = (tests: Test[]): Exports => {
  const test = (title: string, run: () => unknown) => tests.push({ title, run })
  const each = (rows: readonly unknown[]) => (title: string, run: (...row: unknown[]) => unknown) =>
    rows.map(row => test(`${title} ${JSON.stringify(row)}`, () => (Array.isArray(row) ? run(...row) : run(row))))
  const describe = (_title: string, body: () => void) => body()
  return { describe, test: Object.assign(test, { each }), expect: jestRequire('expect').expect }
}

/** A world of modules, in which one file may be another than on disk. */
const world = (mutant: Mutant | null, given: ReadonlyMap<string, Exports>, tests: Test[]): Load => {
  const loaded = new Map<string, { exports: object }>()
  const load: Load = file => {
    const fixed = given.get(file)
    if (fixed !== undefined) return fixed
    const known = loaded.get(file)
    if (known !== undefined) return known.exports as Exports
    const module = { exports: {} }
    loaded.set(file, module)
    const body = mutant?.file === file ? compile(mutated(readFileSync(file, 'utf8'), mutant), file) : compiledFile(file)
    const require = (name: string): unknown => {
      if (name === '@jest/globals') return jestFor(tests)
      return name.startsWith('.') ? load(resolve(dirname(file), name)) : nodeRequire(name)
    }
    body(require, module.exports, module, pathToFileURL(file).href)
    return module.exports as Exports
  }
  return load
}

type Reader = { readRecordings: (file: string) => Recording[]; differencesOf: (recording: Recording) => readonly unknown[] }
const recordingsIn = (reader: Reader, isMeant: (name: string) => boolean): Recording[] =>
  readdirSync(TRANSCRIPTS, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.gz') && isMeant(name))
    .flatMap(name => reader.readRecordings(resolve(TRANSCRIPTS, name)))

const isGenerated = (name: string): boolean => /random|stalled/.test(name)

/** Prepares what all trials share, and answers a trial: what killed the mutant, or null if it survived. */
export const trials = (): ((mutant: Mutant) => Promise<string | null>) => {
  const original = world(null, new Map(), [])
  const reader = original(RECORDING) as unknown as Reader
  const fixed = new Map([[SYMBOLS, original(SYMBOLS)]])
  const byHand = recordingsIn(reader, name => !isGenerated(name))
  const generated = recordingsIn(reader, isGenerated)
  const files = readdirSync(TESTS).filter(name => name.endsWith('.test.ts') && !LEFT_OUT.includes(name))
  /** The properties take longest. */
  files.sort((a, b) => Number(a.startsWith('properties')) - Number(b.startsWith('properties')))
  return async mutant => {
    const tests: Test[] = []
    try {
      const load = world(mutant, fixed, tests)
      const changed = load(RECORDING) as unknown as Reader
      const parsesToo = mutant.file.endsWith('scenario/scenario.ts')
      const first = parsesToo ? recordingsIn(changed, name => !isGenerated(name)) : byHand
      for (const recording of first) if (changed.differencesOf(recording).length > 0) return recording.scenario.name
      for (const file of files) {
        tests.length = 0
        load(resolve(TESTS, file))
        for (const { run } of tests) await run()
      }
      for (const recording of generated) if (changed.differencesOf(recording).length > 0) return recording.scenario.name
      return null
    } catch (error) {
      return error instanceof SyntaxError || (error instanceof Error && error.message.startsWith('Transform failed'))
        ? 'no program'
        : `${error}`.slice(0, 80)
    }
  }
}
