/** A state machine, what goes in, what its functions do, and what the service would show of it. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { detailOf, type Fixture, type Functions, line } from './fixture.ts'

export type Shown = { status: unknown; output?: unknown; error?: unknown; cause?: unknown; history: string[] }
export type Scenario = { name: string; title: string; definition: unknown; input: unknown; functions: Functions; expected: Shown }

const folder = fileURLToPath(new URL('./scenarios/', import.meta.url))

/* A quarter of a megabyte would make a poor data file. */
const large = (functions: Functions): Functions =>
  Object.fromEntries(
    Object.entries(functions).map(([name, outcomes]) => [
      name,
      outcomes.map(outcome =>
        typeof outcome === 'object' && 'returns' in outcome && outcome.returns === 'BIG' ? { returns: 'é'.repeat(131_072) } : outcome,
      ),
    ]),
  )

export const scenarios: Scenario[] = readdirSync(folder)
  .sort()
  .map(file => {
    const stored = JSON.parse(readFileSync(`${folder}${file}`, 'utf8'))
    return { ...stored, name: file.replace('.json', ''), functions: large(stored.functions ?? {}) }
  })

const parsed = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value)

/** What a scenario expects, read back from the interpreter. */
export const shown = async (fixture: Fixture, executionArn: string): Promise<Shown> => {
  const { status, output, error, cause } = await fixture.describe(executionArn)
  const events = await fixture.history(executionArn)
  return {
    status,
    ...(output === undefined ? {} : { output: parsed(output) }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    history: events.map(line),
  }
}

/** What a frame passed on at each step: two runs that agree in this did the same. */
export const trace = async (fixture: Fixture, executionArn: string): Promise<string[]> =>
  (await fixture.history(executionArn)).map(
    event => `${line(event)} ${JSON.stringify(['input', 'output', 'parameters', 'assignedVariables'].map(name => detailOf(event, name)))}`,
  )
