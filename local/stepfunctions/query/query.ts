/**
 * JSONata, at arm's length. Expressions run in a worker (sandbox.ts says why); this side keeps the time budget: a worker that does not answer
 * in time is terminated, and the expression has failed. One worker serves every interpreter of the process.
 */
import type { Json } from '../json.ts'
import { openThread, type Thread } from './thread.ts'

export type QueryFailure = { failed: 'undefined' } | { failed: 'unsupported' } | { failed: 'threw'; code: string; message: string }
export type QueryAnswer = { value: Json } | QueryFailure

/** `states` and every variable are JSON texts; `at` is what `$now()` tells, in epoch ms. */
export type QueryScope = { at: number; states: string; variables: ReadonlyMap<string, string> }

export type Query = {
  /** One answer for each source, in order, up to and including the first failure. */
  evaluate: (sources: readonly string[], scope: QueryScope) => Promise<readonly QueryAnswer[]>
  /** What speaks against a source before it ever runs. */
  check: (source: string) => Promise<readonly { code: string; message: string }[]>
  close: () => void
}

let shared: { thread: Thread; users: number } | undefined

const requestOf = (sources: readonly string[], scope: QueryScope): string => {
  const variables = [...scope.variables].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')
  return `{"at":${scope.at},"sources":${JSON.stringify(sources)},"states":${scope.states},"variables":{${variables}}}`
}

export const openQuery = (): Query => {
  shared ??= { thread: openThread(), users: 0 }
  const mine = shared
  mine.users += 1
  let open = true
  return {
    evaluate: async (sources, scope) => {
      const reply = await mine.thread.ask('evaluate', requestOf(sources, scope))
      if ('gaveUp' in reply) return [{ failed: 'threw', code: '', message: reply.gaveUp }]
      const answers: QueryAnswer[] = JSON.parse(reply.answer)
      return answers
    },
    check: async source => {
      const reply = await mine.thread.ask('check', source)
      if ('gaveUp' in reply) return [{ code: 'INVALID_JSONATA_EXPRESSION', message: reply.gaveUp }]
      const complaints: { code: string; message: string }[] = JSON.parse(reply.answer)
      return complaints
    },
    close: () => {
      if (!open) return
      open = false
      mine.users -= 1
      if (mine.users > 0) return
      mine.thread.stop()
      if (shared === mine) shared = undefined
    },
  }
}
