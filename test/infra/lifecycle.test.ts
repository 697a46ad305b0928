import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import aslValidator from 'asl-validator'
import { LIFECYCLE_TASKS } from '../../shared/operations/index.ts'
import { root } from './assembly.ts'
import { readDefinition } from './definition.ts'

type State = { readonly Type: string; readonly [key: string]: unknown }
type Definition = { readonly QueryLanguage: string; readonly States: Readonly<Record<string, State>> }

const { text } = await readDefinition()
const definition = JSON.parse(text) as Definition
const GOLDEN = join(root, 'test/infra/lifecycle.golden.json')

describe('the lifecycle state machine', () => {
  // A reviewed file: when the workflow is changed on purpose, delete it, run this once, and read what git shows.
  test('is the reviewed one', () => {
    if (!existsSync(GOLDEN)) writeFileSync(GOLDEN, `${JSON.stringify(definition, null, 2)}\n`)
    expect(definition).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')))
  })

  test('is valid in the Amazon States Language', () => {
    const { isValid, errorsText } = aslValidator(definition, { checkPaths: false, checkArn: false })
    expect([isValid, isValid ? '' : errorsText('\n')]).toEqual([true, ''])
  })

  test('is JSONata throughout', () => {
    expect(definition.QueryLanguage).toBe('JSONata')
    expect(
      Object.values(definition.States).filter(state => state['QueryLanguage'] !== undefined && state['QueryLanguage'] !== 'JSONata'),
    ).toEqual([])
  })

  test('asks every task of the table, and no other', () => {
    const named = Object.values(definition.States).flatMap(
      ({ Arguments }) => (Arguments as { readonly FunctionName?: string } | undefined)?.FunctionName ?? [],
    )
    expect(named.toSorted()).toEqual(LIFECYCLE_TASKS.map(task => `<${task.replaceAll('-', '')}>`).toSorted())
  })

  test('whatever fails unexpectedly halts, except the halt itself and the wait for a decision', () => {
    const uncaught = Object.entries(definition.States).filter(
      ([, state]) =>
        state.Type === 'Task' &&
        !JSON.stringify(state['Catch'] ?? []).includes('"States.ALL"],"Next":"Halt"') &&
        !JSON.stringify(state['Catch'] ?? []).includes('"Next":"Halt"'),
    )
    expect(uncaught.map(([name]) => name).toSorted()).toEqual(['AwaitDecision', 'Halt'])
  })

  /* A token that was stolen answers a wait with whatever its thief likes. */
  test('nothing ends on the word of who answers a wait: a task that reads the ledger is between', () => {
    const nextOf = (name: string): readonly string[] => {
      const { Type, Next, Default, Choices = [] } = definition.States[name] ?? { Type: 'Fail' }
      if (Type !== 'Choice') return typeof Next === 'string' ? [Next] : []
      const ways = Choices as readonly { readonly Next: string }[]
      return [...ways.map(way => way.Next), ...(typeof Default === 'string' ? [Default] : [])]
    }
    const afterWait = (name: string): readonly string[] =>
      nextOf(name).flatMap(next => (definition.States[next]?.Type === 'Choice' ? afterWait(next) : [next]))
    expect(afterWait('AwaitApprovals').toSorted()).toEqual(['ExpireApprovals', 'OpenWave'])
    expect(afterWait('AwaitDecision')).toEqual(['OpenWave'])
    expect(afterWait('AwaitWave').toSorted()).toEqual(['JudgeWave', 'Soak'])
  })

  test('no payload carries a list', () => {
    expect(JSON.stringify(definition.States)).not.toContain('"Arguments":{"Payload":[')
    for (const state of Object.values(definition.States)) {
      const payload = (state['Arguments'] as { readonly Payload?: Readonly<Record<string, unknown>> } | undefined)?.Payload ?? {}
      expect(Object.keys(payload).filter(name => !['change', 'token', 'wave', 'error', 'cause'].includes(name))).toEqual([])
    }
  })
})
