import { Failure } from '../failure.ts'
import { findLivepatch } from '../find-livepatch.ts'
import { holdEnd } from '../hold-end.ts'
import { printCarriedOut } from '../hold-view.ts'
import { type Input, needed, type Run } from '../input.ts'

const SCOPES = ['fleet', 'series', 'livepatch', 'everything']

const bodyOf = async (input: Input): Promise<object> => {
  const [scope = '', target] = input.args
  if (!SCOPES.includes(scope)) throw new Failure('usage', `'${scope}' cannot be held`, `one of ${SCOPES.join(', ')}`)
  if (scope === 'everything') {
    if (target !== undefined) throw new Failure('usage', 'everything takes no target', 'or hold a fleet, a series or a livepatch')
    return { scope }
  }
  if (target === undefined) throw new Failure('usage', `name the ${scope} that is held`, `supersede hold place ${scope} NAME --reason TEXT`)
  return { scope, target: scope === 'livepatch' ? await findLivepatch(input.api(), target) : target }
}

export const run: Run = async input => {
  const body = { ...(await bodyOf(input)), reason: needed(input, 'reason'), ...holdEnd(input) }
  const { body: hold } = await input.api().call('place-hold', { body })
  return printCarriedOut(input, hold)
}
