import type { Diagnostic } from '../definition/diagnostic.ts'
import { validate } from '../definition/validate.ts'
import type { JsonObject } from '../json.ts'
import type { Parts } from './parts.ts'
import { bodyOf, requiredText } from './request.ts'

/** Everything against a definition; expressions are parsed only when the rest is sound. */
export const diagnose = async ({ query }: Parts, definition: string): Promise<readonly Diagnostic[]> => {
  const { diagnostics, expressions } = validate(definition)
  if (diagnostics.length > 0) return diagnostics
  const complaints: Diagnostic[] = []
  for (const { source, location } of expressions) {
    for (const complaint of await query.check(source)) complaints.push({ severity: 'ERROR', ...complaint, location })
  }
  return complaints
}

export const validateStateMachineDefinition = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const diagnostics = await diagnose(parts, requiredText(bodyOf(request), 'definition', { min: 0, max: 1_048_576 }))
  return {
    result: diagnostics.length === 0 ? 'OK' : 'FAIL',
    diagnostics: diagnostics.map(({ location, ...rest }) => (location === '' ? rest : { ...rest, location })),
    truncated: false,
  }
}
