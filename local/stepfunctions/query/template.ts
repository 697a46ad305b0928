/** Fields of a state: literals stay as they are, strings `{% … %}` are evaluated, wherever in the field they stand. */
import { expressionIn, type Template } from '../definition/definition.ts'
import { isJsonArray, isJsonObject, type Json } from '../json.ts'
import type { Query, QueryAnswer, QueryScope } from './query.ts'

export type Field = { readonly location: string; readonly template: Template }
export type FieldFailure = { readonly location: string; readonly source: string; readonly answer: Exclude<QueryAnswer, { value: Json }> }
export type Evaluated = { readonly ok: true; readonly values: readonly Json[] } | { readonly ok: false; readonly failure: FieldFailure }

type Hole = { location: string; source: string }

const holesIn = ({ location, template }: Field): Hole[] => {
  const source = expressionIn(template)
  if (source !== undefined) return [{ location, source }]
  if (isJsonArray(template)) return template.flatMap((item, index) => holesIn({ location: `${location}[${index}]`, template: item }))
  if (isJsonObject(template))
    return Object.entries(template).flatMap(([key, item]) => holesIn({ location: `${location}/${key}`, template: item }))
  return []
}

/* Holes and answers are met in the same order. */
const filled = (template: Template, answers: Iterator<Json>): Json => {
  if (expressionIn(template) !== undefined) {
    const answer = answers.next()
    return answer.done ? null : answer.value
  }
  if (isJsonArray(template)) return template.map(item => filled(item, answers))
  if (isJsonObject(template)) return Object.fromEntries(Object.entries(template).map(([key, item]) => [key, filled(item, answers)]))
  return template
}

/** Evaluates the fields in order; the first expression that fails is the answer. */
export const evaluateFields = async (query: Query, fields: readonly Field[], scope: QueryScope): Promise<Evaluated> => {
  const holes = fields.flatMap(holesIn)
  const answers =
    holes.length === 0
      ? []
      : await query.evaluate(
          holes.map(({ source }) => source),
          scope,
        )
  const values: Json[] = []
  for (const [index, answer] of answers.entries()) {
    const hole = holes[index]
    if ('failed' in answer) return { ok: false, failure: { location: hole?.location ?? '', source: hole?.source ?? '', answer } }
    values.push(answer.value)
  }
  const given = values[Symbol.iterator]()
  return { ok: true, values: fields.map(({ template }) => filled(template, given)) }
}
