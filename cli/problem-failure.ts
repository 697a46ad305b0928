import type { Exit } from './exit-codes.ts'
import { Failure } from './failure.ts'
import { inCommands } from './in-commands.ts'
import { placeText } from './refusal-text.ts'
import { isOfStatement, refusedFileExit, STATEMENT_HINT } from './refused-file-exit.ts'
import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from './terminal/read-json.ts'

const exitOf = (status: number, code: string, refusal: JsonObject): Exit => {
  if (code === 'not-a-livepatch') return refusedFileExit(textOf(refusal['code']), textOf(refusal['field']) || null)
  if (code === 'policy-edit-refused') return 'refusedFile'
  if (status === 401) return 'notLoggedIn'
  if (status === 403 || status === 409 || status === 412) return 'refused'
  if (status === 404) return 'notFound'
  return 'failure'
}

const MORE: Readonly<Record<string, string>> = {
  'unknown-livepatch': 'supersede patch submit FILE submits it',
}

/** What there is to do about it on this command line, beside what the server says. */
const moreOf = (status: number, code: string, refusal: JsonObject): string => {
  if (status === 401) return 'supersede login PERSON logs in'
  if (code === 'not-a-livepatch' && isOfStatement(textOf(refusal['code']))) return STATEMENT_HINT
  return MORE[code] ?? ''
}

/** Where in a submitted file the fault is, in the words of `supersede inspect`. */
const placeOf = (refusal: JsonObject): string => {
  const offset = refusal['offset']
  const place = placeText({ section: textOf(refusal['section']) || null, offset: typeof offset === 'number' ? offset : null })
  return place === '' ? '' : `${textOf(refusal['code'])} (${place})`
}

/**
 * A problem document (RFC 9457) as one line and hints: the title says what is wrong, the detail what to do. Answers that are
 * none (a proxy's page, say) keep their status.
 */
export const problemFailure = (status: number, body: unknown): Failure => {
  const document = objectOf(body)
  const title = textOf(document['title']) || `the server answered ${status}`
  const code = textOf(document['code'])
  const detail = textOf(document['detail'])
  const reasons = textsOf(document['reasons']).filter(reason => reason !== '' && !detail.includes(reason))
  const faults = objectsOf(document['faults'])
    .map(({ path, message }) => `${textOf(path)}: ${textOf(message)}`)
    .filter(fault => !detail.includes(fault))
  const instance = status >= 500 ? textOf(document['instance']) : ''
  return new Failure(
    exitOf(status, code, objectOf(document['refusal'])),
    code === '' ? title : `${title} (${code})`,
    ...[
      inCommands(detail),
      placeOf(objectOf(document['refusal'])),
      ...reasons,
      ...faults,
      moreOf(status, code, objectOf(document['refusal'])),
      instance,
    ].filter(hint => hint !== ''),
  )
}
