import { fault, invalid, invalidParameters } from '../fault.ts'
import type { Index, KeyAttribute, Keys, Throughput } from '../storage/table.ts'
import type { KeyType } from '../values/attribute-value.ts'
import type { CreateTableRequest, IndexRequest, KeySchemaRequest } from '../wire/table-shapes.ts'

/* What the service refuses of a table's or an index's definition, in its order. */

const localIndexesMax = 5
const globalIndexesMax = 20
const unitsMax = 1_000_000_000_000

export const keyTypeOf = (type: string): KeyType => (type === 'N' ? 'N' : type === 'B' ? 'B' : 'S')

const namesOf = (schema: KeySchemaRequest) => schema.map(element => element.AttributeName)

const checkDefined = (schema: KeySchemaRequest, defined: readonly string[]): void => {
  const names = namesOf(schema)
  if (names.some(name => !defined.includes(name)))
    throw invalidParameters(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${names.join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
    )
}

const checkOrder = (schema: KeySchemaRequest): void => {
  const [first, second] = schema
  if (first && second && first.AttributeName === second.AttributeName)
    throw invalid('Both the Hash Key and the Range Key element in the KeySchema have the same name')
  if (first?.KeyType !== 'HASH') throw invalid('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
  if (second && second.KeyType !== 'RANGE') throw invalid('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type')
}

const checkProjection = ({ Projection: { ProjectionType, NonKeyAttributes } }: IndexRequest): void => {
  if (ProjectionType === undefined) throw invalidParameters('Unknown ProjectionType: null')
  if (NonKeyAttributes && ProjectionType !== 'INCLUDE')
    throw invalidParameters(`ProjectionType is ${ProjectionType}, but NonKeyAttributes is specified`)
  if (!NonKeyAttributes && ProjectionType === 'INCLUDE')
    throw invalidParameters('ProjectionType is INCLUDE, but NonKeyAttributes is not specified')
}

export const checkIndexDefinition = (index: IndexRequest, defined: readonly string[]): void => {
  checkDefined(index.KeySchema, defined)
  checkOrder(index.KeySchema)
  checkProjection(index)
}

export const checkUnits = (throughput: Throughput): void => {
  for (const unit of ['ReadCapacityUnits', 'WriteCapacityUnits'] as const)
    if (throughput[unit] > unitsMax) throw invalid(`Given value ${throughput[unit]} for ${unit} is out of bounds`)
}

const checkThroughput = ({ BillingMode, ProvisionedThroughput }: CreateTableRequest): void => {
  if (BillingMode === 'PAY_PER_REQUEST') {
    if (!ProvisionedThroughput) return
    throw invalidParameters('Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST')
  }
  if (!ProvisionedThroughput)
    throw invalidParameters('ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED')
  checkUnits(ProvisionedThroughput)
}

const checkLocalIndex = (index: IndexRequest, hash: string | undefined): void => {
  if (index.KeySchema.length !== 2) throw invalidParameters(`Index KeySchema does not have a range key for index: ${index.IndexName}`)
  const [indexHash] = namesOf(index.KeySchema)
  if (indexHash !== hash)
    throw invalidParameters(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${index.IndexName}. ` +
        `index hash key: ${indexHash}, table hash key: ${hash}`,
    )
}

const checkLocalIndexes = (request: CreateTableRequest, defined: readonly string[], taken: Set<string>): void => {
  const indexes = request.LocalSecondaryIndexes
  if (!indexes) return
  if (indexes.length === 0) throw invalidParameters('List of LocalSecondaryIndexes is empty')
  if (request.KeySchema.length !== 2)
    throw invalidParameters('Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex')
  for (const index of indexes) {
    checkDefined(index.KeySchema, defined)
    checkOrder(index.KeySchema)
    checkLocalIndex(index, request.KeySchema[0]?.AttributeName)
    checkProjection(index)
    takeIndexName(index.IndexName, taken)
  }
  if (indexes.length > localIndexesMax)
    throw invalidParameters(`Number of LocalSecondaryIndexes exceeds per-table limit of ${localIndexesMax}`)
}

const takeIndexName = (name: string, taken: Set<string>): void => {
  if (taken.has(name)) throw invalidParameters(`Duplicate index name: ${name}`)
  taken.add(name)
}

const checkGlobalIndexes = (request: CreateTableRequest, defined: readonly string[], taken: Set<string>): void => {
  const indexes = request.GlobalSecondaryIndexes
  if (!indexes) return
  if (indexes.length === 0) throw invalidParameters('List of GlobalSecondaryIndexes is empty')
  for (const index of indexes) {
    checkIndexDefinition(index, defined)
    if (request.BillingMode === 'PAY_PER_REQUEST' && index.ProvisionedThroughput)
      throw invalidParameters(
        `ProvisionedThroughput should not be specified for index: ${index.IndexName} when BillingMode is PAY_PER_REQUEST`,
      )
    if (request.BillingMode !== 'PAY_PER_REQUEST' && !index.ProvisionedThroughput)
      throw invalidParameters(`ProvisionedThroughput must be specified for index: ${index.IndexName}`)
    takeIndexName(index.IndexName, taken)
  }
  if (indexes.length > globalIndexesMax)
    throw invalidParameters(`GlobalSecondaryIndex count exceeds the per-table limit of ${globalIndexesMax}`)
}

const checkUnusedAttributes = (request: CreateTableRequest, defined: readonly string[]): void => {
  const indexes = [...(request.LocalSecondaryIndexes ?? []), ...(request.GlobalSecondaryIndexes ?? [])]
  const used = new Set([request.KeySchema, ...indexes.map(index => index.KeySchema)].flatMap(namesOf))
  if (used.size === defined.length) return
  if (indexes.length === 0)
    throw invalidParameters('Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions')
  throw invalidParameters(
    `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], keys used: [${[...used].join(', ')}]`,
  )
}

export const checkTableDefinition = (request: CreateTableRequest): void => {
  checkThroughput(request)
  const defined = request.AttributeDefinitions.map(definition => definition.AttributeName)
  const twice = defined.find((name, at) => defined.indexOf(name) !== at)
  if (twice !== undefined) throw invalidParameters(`Duplicate AttributeName in AttributeDefinitions: ${twice}`)
  if (request.KeySchema.length > defined.length) throw invalid('Invalid KeySchema: Some index key attribute have no definition')
  checkDefined(request.KeySchema, defined)
  checkOrder(request.KeySchema)
  const taken = new Set<string>()
  checkLocalIndexes(request, defined, taken)
  checkGlobalIndexes(request, defined, taken)
  checkUnusedAttributes(request, defined)
  if (request.StreamSpecification?.StreamEnabled)
    throw fault('LimitExceededException', 'This endpoint has no streams: StreamSpecification is not supported')
}

export const keysOf = (schema: KeySchemaRequest, attributes: readonly KeyAttribute[]): Keys => {
  const [partition, sort] = schema.map(element => attributes.find(attribute => attribute.name === element.AttributeName))
  if (!partition) throw invalid('Invalid KeySchema: Some index key attribute have no definition')
  return { partition, sort }
}

export const indexFrom = (request: IndexRequest, kind: Index['kind'], id: number, attributes: readonly KeyAttribute[]): Index => {
  const type = request.Projection.ProjectionType
  return {
    id,
    name: request.IndexName,
    kind,
    keys: keysOf(request.KeySchema, attributes),
    projection: { type: type === 'ALL' || type === 'INCLUDE' ? type : 'KEYS_ONLY', attributes: request.Projection.NonKeyAttributes ?? [] },
    ...('ProvisionedThroughput' in request && request.ProvisionedThroughput ? { throughput: request.ProvisionedThroughput } : {}),
  }
}
