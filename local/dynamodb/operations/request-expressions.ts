import { bindCondition } from '../expression/bind-condition.ts'
import { bindUpdate } from '../expression/bind-update.ts'
import type { BoundAction, BoundCondition } from '../expression/bound.ts'
import { ExpressionFault } from '../expression/cursor.ts'
import { parseCondition } from '../expression/parse-condition.ts'
import { parseProjection } from '../expression/parse-projection.ts'
import { parseUpdate } from '../expression/parse-update.ts'
import { remembering } from '../expression/parsed-cache.ts'
import { bindProjection, type Projection } from '../expression/projection.ts'
import { inExpression, type Names, openScope, type Scope } from '../expression/scope.ts'
import { invalid } from '../fault.ts'
import type { AttributeMap } from '../values/attribute-value.ts'

const expressionBytesMax = 4096

const conditionOf = remembering(parseCondition)
const updateOf = remembering(parseUpdate)
const projectionPathsOf = remembering(parseProjection)

type ExpressionParameter =
  | 'UpdateExpression'
  | 'ConditionExpression'
  | 'KeyConditionExpression'
  | 'FilterExpression'
  | 'ProjectionExpression'

export type Expressive = { readonly [Parameter in ExpressionParameter]?: string | undefined } & {
  readonly ExpressionAttributeNames?: Names | undefined
  readonly ExpressionAttributeValues?: AttributeMap | undefined
}

export type BoundExpressions = {
  readonly update: readonly BoundAction[] | undefined
  readonly condition: BoundCondition | undefined
  readonly keyCondition: BoundCondition | undefined
  readonly filter: BoundCondition | undefined
  readonly projection: Projection | undefined
}

const bind = <Bound>(parameter: ExpressionParameter, request: Expressive, work: (text: string) => Bound): Bound | undefined => {
  const text = request[parameter]
  if (text === undefined) return undefined
  return inExpression(parameter, () => {
    if (text === '') throw new ExpressionFault('The expression can not be empty;')
    if (Buffer.byteLength(text) > expressionBytesMax)
      throw new ExpressionFault(
        `Expression size has exceeded the maximum allowed size; expression size: ${Buffer.byteLength(text)}, maximum: ${expressionBytesMax}`,
      )
    return work(text)
  })
}

/** Which parameters of an operation are expressions, and which are their predecessors: the two must not be mixed. */
type ParameterKinds = { readonly expressions: readonly ExpressionParameter[]; readonly others: readonly string[] }

/** Refuses names and values without an expression that could use them, and expressions beside legacy parameters. */
export const checkParameters = (request: Expressive, { expressions, others }: ParameterKinds): void => {
  const given = expressions.filter(parameter => request[parameter] !== undefined)
  const legacy = others.filter(parameter => Object.hasOwn(request, parameter))
  if (given.length > 0 && legacy.length > 0)
    throw invalid(
      'Can not use both expression and non-expression parameters in the same request: ' +
        `Non-expression parameters: {${legacy.join(', ')}} Expression parameters: {${given.join(', ')}}`,
    )
  if (request.ExpressionAttributeNames && given.length === 0)
    throw invalid('ExpressionAttributeNames can only be specified when using expressions')
  const withValues = expressions.filter(parameter => parameter !== 'ProjectionExpression')
  if (request.ExpressionAttributeValues && withValues.length > 0 && withValues.every(parameter => request[parameter] === undefined))
    throw invalid(
      `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(' and ')} ` +
        `${withValues.length > 1 ? 'are' : 'is'} null`,
    )
}

/** Parses and binds all expressions of a request, in the order in which the service complains of them. */
export const boundExpressions = (request: Expressive): BoundExpressions => {
  const scope: Scope = openScope(request.ExpressionAttributeNames, request.ExpressionAttributeValues)
  const bound = {
    update: bind('UpdateExpression', request, text => bindUpdate(updateOf(text), scope)),
    condition: bind('ConditionExpression', request, text => bindCondition(conditionOf(text), scope)),
    keyCondition: bind('KeyConditionExpression', request, text => bindCondition(conditionOf(text), scope)),
    filter: bind('FilterExpression', request, text => bindCondition(conditionOf(text), scope)),
    projection: bind('ProjectionExpression', request, text => bindProjection(projectionPathsOf(text), scope)),
  }
  scope.refuseUnused()
  return bound
}
