import type { FailState } from '../definition/definition.ts'
import { fail } from '../engine/fail.ts'
import { evaluate, unexpected, type Visit } from '../engine/visit.ts'
import type { Json } from '../json.ts'

/** Error and Cause may be expressions, whose values are strings. */
export const failState = async (visit: Visit<FailState>): Promise<void> => {
  const fields = [
    { location: 'Error', template: visit.state.error },
    { location: 'Cause', template: visit.state.cause },
  ]
  const evaluated = await evaluate(visit, fields)
  if (!evaluated.ok) return fail(visit, evaluated.failure)
  const texts: (string | undefined)[] = []
  for (const [index, value] of evaluated.value.entries()) {
    const template: Json = fields[index]?.template ?? null
    if (value !== undefined && typeof value !== 'string')
      return fail(visit, unexpected(visit, template, fields[index]?.location ?? '', 'string', value).failure)
    texts.push(value)
  }
  await fail(visit, { error: texts[0], cause: texts[1] })
}
