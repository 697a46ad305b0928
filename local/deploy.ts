import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Service } from './aws-endpoint.ts'
import type { FunctionDefinition } from './lambda/lambda-host.ts'
import type { ObjectStore } from './s3/object-store.ts'
import type { Value } from './template/intrinsics.ts'
import type { Deployed, Resource } from './template/template.ts'

const record = (value: Value | undefined): Readonly<Record<string, Value>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Value>>) : {}
const records = (value: Value | undefined): readonly Readonly<Record<string, Value>>[] => (Array.isArray(value) ? value.map(record) : [])

/** The functions that run on Node; the CDK's own custom resource providers (Python) are played by this file. */
export const functionsOf = (deployed: Deployed, environment: Readonly<Record<string, string>>): readonly FunctionDefinition[] =>
  deployed
    .ofType('AWS::Lambda::Function')
    .filter(
      ({ properties }) => String(properties['Runtime']).startsWith('nodejs') && !String(properties['Handler']).startsWith('__entrypoint__'),
    )
    .map(({ logicalId, properties }) => {
      const name = deployed.physicalId(logicalId)
      const directory = deployed.assetDirectory(String(record(properties['Code'])['S3Key']))
      const own = record(record(properties['Environment'])['Variables'])
      return {
        name,
        directory,
        handler: String(properties['Handler']),
        timeoutSeconds: Number(properties['Timeout'] ?? 3),
        memorySize: Number(properties['MemorySize'] ?? 128),
        environment: {
          ...environment,
          ...Object.fromEntries(Object.entries(own).map(([key, value]) => [key, String(value)])),
          LAMBDA_TASK_ROOT: directory,
          AWS_LAMBDA_FUNCTION_NAME: name,
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties['MemorySize'] ?? 128),
        },
      }
    })

const succeeded = async (service: Service, target: string, body: unknown): Promise<boolean> => (await service(target, body)).status === 200

const must = async (service: Service, target: string, body: unknown): Promise<unknown> => {
  const answered = await service(target, body)
  if (answered.status !== 200) throw new Error(`${target} failed: ${JSON.stringify(answered.body)}`)
  return answered.body
}

const createTable = async (dynamodb: Service, name: string, { properties }: Resource): Promise<void> => {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes, TimeToLiveSpecification } = properties
  if (!(await succeeded(dynamodb, 'DynamoDB_20120810.DescribeTable', { TableName: name })))
    await must(dynamodb, 'DynamoDB_20120810.CreateTable', {
      TableName: name,
      KeySchema,
      AttributeDefinitions,
      ...(GlobalSecondaryIndexes
        ? {
            GlobalSecondaryIndexes: records(GlobalSecondaryIndexes).map(({ IndexName, KeySchema, Projection }) => ({
              IndexName,
              KeySchema,
              Projection,
            })),
          }
        : {}),
      ...(LocalSecondaryIndexes ? { LocalSecondaryIndexes } : {}),
      BillingMode: 'PAY_PER_REQUEST',
    })
  // Saying it again is refused, which is as good.
  if (TimeToLiveSpecification) await dynamodb('DynamoDB_20120810.UpdateTimeToLive', { TableName: name, TimeToLiveSpecification })
}

/** Creates the tables that are not there yet. */
export const deployTables = async (deployed: Deployed, dynamodb: Service): Promise<void> => {
  for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'])
    for (const table of deployed.ofType(type)) await createTable(dynamodb, deployed.physicalId(table.logicalId), table)
}

/** Creates the state machines, or gives existing ones the template's definition; running executions keep the one they began with. */
export const deployStateMachines = async (deployed: Deployed, stepfunctions: Service, arnOf: (name: string) => string): Promise<void> => {
  for (const { logicalId, properties } of deployed.ofType('AWS::StepFunctions::StateMachine')) {
    const name = deployed.physicalId(logicalId)
    const definition = String(properties['DefinitionString'])
    const updated = await succeeded(stepfunctions, 'AWSStepFunctions.UpdateStateMachine', { stateMachineArn: arnOf(name), definition })
    if (!updated)
      await must(stepfunctions, 'AWSStepFunctions.CreateStateMachine', {
        name,
        definition,
        roleArn: 'arn:aws:iam::000000000000:role/local',
        type: 'STANDARD',
      })
  }
}

const filesBelow = (directory: string, prefix = ''): readonly string[] =>
  readdirSync(join(directory, prefix)).flatMap(name => {
    const path = prefix ? `${prefix}/${name}` : name
    return statSync(join(directory, path)).isDirectory() ? filesBelow(directory, path) : [path]
  })

/** What the CDK's bucket deployment does: an asset's files go into a bucket, under a prefix. */
export const deployBuckets = async (deployed: Deployed, objects: ObjectStore): Promise<void> => {
  for (const { properties } of deployed.ofType('Custom::CDKBucketDeployment')) {
    const bucket = String(properties['DestinationBucketName'])
    const prefix = String(properties['DestinationBucketKeyPrefix'] ?? '')
    const keys = properties['SourceObjectKeys']
    for (const objectKey of Array.isArray(keys) ? keys : []) {
      const directory = deployed.assetDirectory(String(objectKey))
      for (const file of filesBelow(directory))
        await objects.put(bucket, [prefix, file].filter(Boolean).join('/'), readFileSync(join(directory, file)))
    }
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** Milliseconds of `rate(5 minutes)`; cron expressions are refused. */
const rateMs = (expression: string): number => {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  const unitMs = UNIT_MS[unit]
  if (!unitMs) throw new Error(`the local runtime schedules rate(…) only, not ${expression}`)
  return Number(count) * unitMs
}

/**
 * Runs the template's schedules, and each of them once at the start: what was due while the machine was off is due now.
 * Returns the function that ends them.
 */
export const runSchedules = (
  deployed: Deployed,
  invoke: (functionName: string, event: unknown) => Promise<unknown>,
  log: (line: string) => void,
): (() => void) => {
  // All of them are read before the first one runs: a template with one that is refused starts nothing.
  const schedules = deployed.ofType('AWS::Events::Rule').flatMap(({ logicalId, properties }) => {
    const everyMs = rateMs(String(properties['ScheduleExpression']))
    return records(properties['Targets']).map(({ Arn }) => ({ logicalId, everyMs, name: String(Arn).split(':').at(-1) ?? '' }))
  })
  const timers = schedules.map(({ logicalId, everyMs, name }) => {
    const fire = () =>
      void invoke(name, { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }).catch((error: unknown) =>
        log(`schedule ${logicalId}: ${String(error)}`),
      )
    fire()
    return setInterval(fire, everyMs)
  })
  return () => timers.forEach(clearInterval)
}
