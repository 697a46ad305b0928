import type { BoundCondition } from '../expression/bound.ts'
import { attributesNamed } from '../expression/named-attributes.ts'
import type { Projection } from '../expression/projection.ts'
import { Fault, invalid, invalidParameters } from '../fault.ts'
import { entryKeyNames, type Index, type Keys, keyNames, type Table } from '../storage/table.ts'
import type { AttributeMap } from '../values/attribute-value.ts'
import { checkedMap } from '../values/check-value.ts'

/* What a query and a scan refuse alike. */

export const checkSelect = (
  select: string | undefined,
  request: { AttributesToGet?: unknown; ProjectionExpression?: unknown; IndexName?: unknown },
): void => {
  const projecting = request.ProjectionExpression === undefined ? 'AttributesToGet' : 'ProjectionExpression'
  const isProjected = request.AttributesToGet !== undefined || request.ProjectionExpression !== undefined
  if (isProjected && select !== undefined && select !== 'SPECIFIC_ATTRIBUTES')
    throw invalid(`Cannot specify the ${projecting} when choosing to get ${select === 'COUNT' ? 'only the Count' : select}`)
  if (select === 'SPECIFIC_ATTRIBUTES' && !isProjected)
    throw invalid('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES')
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && request.IndexName === undefined)
    throw invalid('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName')
}

const withoutPrefix = /contains duplicates|number set|numeric value|significant digits|number with magnitude/

export const checkedStartKey = (key: AttributeMap | undefined): AttributeMap | undefined => {
  try {
    return key && checkedMap(key)
  } catch (error) {
    if (!(error instanceof Fault) || withoutPrefix.test(error.message)) throw error
    throw invalid(`The provided starting key is invalid: ${error.message}`)
  }
}

export const checkFilter = (filter: BoundCondition | undefined, keys: Keys, parameter: string): void => {
  if (!filter) return
  const named = attributesNamed(filter)
  const key = keyNames(keys).find(name => named.has(name))
  if (key !== undefined) throw invalid(`${parameter} can only contain non-primary key attributes: Primary key attribute: ${key}`)
}

export const checkIndexRead = (index: Index | undefined, consistent: boolean): void => {
  if (index?.kind === 'global' && consistent) throw invalid('Consistent reads are not supported on global secondary indexes')
}

/** A global index can give only what it holds. */
export const checkIndexProjection = (
  table: Table,
  index: Index | undefined,
  select: string | undefined,
  projection: Projection | undefined,
): void => {
  if (index?.kind !== 'global' || index.projection.type === 'ALL') return
  if (select === 'ALL_ATTRIBUTES')
    throw invalidParameters(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    )
  const held = new Set([...entryKeyNames(table, index), ...index.projection.attributes])
  const missing = [...new Set(projection?.paths.map(([first]) => String(first)))].filter(name => !held.has(name))
  if (missing.length > 0) throw invalidParameters(`Global secondary index ${index.name} does not project [${missing.join(', ')}]`)
}
