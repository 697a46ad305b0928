import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { deployBuckets, deployStateMachines, deployTables, functionsOf, runSchedules } from '../../../local/deploy.ts'
import { openDynamoDb } from '../../../local/dynamodb/index.ts'
import { openObjectStore } from '../../../local/s3/object-store.ts'
import type { Value } from '../../../local/template/intrinsics.ts'
import { deployedOf, type Row } from '../gateway/given.ts'

const folder = mkdtempSync(join(tmpdir(), 'supersede-deploy-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const withAssets = (rows: readonly Row[]) => ({ ...deployedOf(rows), assetDirectory: (key: string) => join(folder, key) })

describe('functions', () => {
  const lambda = (name: string, more: Readonly<Record<string, Value>>): Row => [
    'AWS::Lambda::Function',
    name,
    { Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { S3Bucket: 'b', S3Key: 'asset' }, ...more },
  ]

  test('have the template’s limits, or the service’s own, and their environment over the common one', () => {
    const deployed = withAssets([
      lambda('Full', { Timeout: 25, MemorySize: 512, Environment: { Variables: { TABLE: 'ledger', TZ: 'CET' } } }),
      lambda('Bare', {}),
    ])
    const [full, bare] = functionsOf(deployed, { TZ: 'UTC', AWS_REGION: 'us-east-1' })
    expect(full).toMatchObject({
      name: 'full',
      directory: join(folder, 'asset'),
      timeoutSeconds: 25,
      memorySize: 512,
      environment: {
        TABLE: 'ledger',
        TZ: 'CET',
        AWS_REGION: 'us-east-1',
        LAMBDA_TASK_ROOT: join(folder, 'asset'),
        AWS_LAMBDA_FUNCTION_NAME: 'full',
      },
    })
    expect(bare).toMatchObject({ timeoutSeconds: 3, memorySize: 128, environment: { TZ: 'UTC' } })
  })

  test('of the CDK itself are left out', () => {
    const deployed = withAssets([lambda('Python', { Runtime: 'python3.13' }), lambda('Provider', { Handler: '__entrypoint__.handler' })])
    expect(functionsOf(deployed, {})).toEqual([])
  })
})

describe('tables', () => {
  test('are made once, with their indexes, and found again at the next start', async () => {
    const { handle, close } = openDynamoDb({ file: join(folder, 'db.sqlite'), now: Date.now, region: 'us-east-1', account: '000000000000' })
    const key = (name: string) => [{ AttributeName: name, KeyType: 'HASH' }]
    const table: Row = [
      'AWS::DynamoDB::GlobalTable',
      'Ledger',
      {
        KeySchema: key('pk'),
        AttributeDefinitions: ['pk', 'by'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
        GlobalSecondaryIndexes: [{ IndexName: 'by-x', KeySchema: key('by'), Projection: { ProjectionType: 'ALL' } }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        SSESpecification: { SSEEnabled: true },
      },
    ]
    await deployTables(deployedOf([table]), handle)
    await handle('DynamoDB_20120810.PutItem', { TableName: 'ledger', Item: { pk: { S: 'a' }, by: { S: 'x' } } })
    await deployTables(deployedOf([table]), handle)
    const found = await handle('DynamoDB_20120810.Query', {
      TableName: 'ledger',
      IndexName: 'by-x',
      KeyConditionExpression: '#by = :x',
      ExpressionAttributeNames: { '#by': 'by' },
      ExpressionAttributeValues: { ':x': { S: 'x' } },
    })
    expect(found).toMatchObject({ status: 200, body: { Items: [{ pk: { S: 'a' } }] } })
    close()
  })

  test('that are refused stop the start, saying what was answered', async () => {
    const refusing = async () => ({ status: 400, body: { __type: 'ValidationException', message: 'no' } })
    await expect(deployTables(deployedOf([['AWS::DynamoDB::Table', 'T', {}]]), refusing)).rejects.toThrow(/CreateTable failed.*no/)
  })
})

describe('state machines', () => {
  const machine: Row = ['AWS::StepFunctions::StateMachine', 'Life', { DefinitionString: '{"v":2}' }]
  const asked = async (exists: boolean) => {
    const calls: unknown[] = []
    const service = async (target: string, body: unknown) => {
      calls.push([target.split('.')[1], body])
      return { status: exists || target.endsWith('.CreateStateMachine') ? 200 : 400, body: {} }
    }
    await deployStateMachines(deployedOf([machine]), service, name => `arn:${name}`)
    return calls
  }

  test('that are there get the new definition, others are made', async () => {
    const update = ['UpdateStateMachine', { stateMachineArn: 'arn:life', definition: '{"v":2}' }]
    expect(await asked(true)).toEqual([update])
    expect(await asked(false)).toEqual([update, ['CreateStateMachine', expect.objectContaining({ name: 'life', type: 'STANDARD' })]])
  })
})

test('a bucket deployment puts an asset’s files under its prefix, folders and all', async () => {
  mkdirSync(join(folder, 'site/deep'), { recursive: true })
  writeFileSync(join(folder, 'site/index.html'), 'index')
  writeFileSync(join(folder, 'site/deep/a.js'), 'js')
  const objects = openObjectStore(join(folder, 'objects'))
  const row: Row = [
    'Custom::CDKBucketDeployment',
    'D',
    { DestinationBucketName: 'b', DestinationBucketKeyPrefix: 'console', SourceObjectKeys: ['site'] },
  ]
  await deployBuckets(withAssets([row]), objects)
  expect(String((await objects.get('b', 'console/index.html'))?.body)).toBe('index')
  expect(String((await objects.get('b', 'console/deep/a.js'))?.body)).toBe('js')
})

describe('schedules', () => {
  const rule = (expression: string, ...names: readonly string[]): Row => [
    'AWS::Events::Rule',
    'Sweep',
    {
      ScheduleExpression: expression,
      Targets: names.map(name => ({ Id: name, Arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}` })),
    },
  ]
  const run = (rows: readonly Row[], invoke: (name: string) => Promise<unknown>) => {
    const log: string[] = []
    const end = runSchedules(deployedOf(rows), invoke, line => log.push(line))
    return { log, end }
  }

  test('run once at the start: what was due while the machine was off is due now', () => {
    const fired: string[] = []
    const { end } = run([rule('rate(1 minute)', 'a', 'b')], async name => fired.push(name))
    end()
    expect(fired).toEqual(['a', 'b'])
  })

  test('one that fails is logged and stops nothing', async () => {
    const { log, end } = run([rule('rate(2 hours)', 'a')], async () => Promise.reject(new Error('down')))
    await new Promise(resolve => setImmediate(resolve))
    end()
    expect(log).toEqual(['schedule Sweep: Error: down'])
  })

  test.each(['cron(0 * * * ? *)', 'rate(1 week)', 'rate(x minutes)', 'undefined'])('%s is refused before anything has run', expression => {
    const fired: string[] = []
    expect(() => run([rule('rate(1 day)', 'a'), rule(expression, 'b')], async name => fired.push(name))).toThrow(expression)
    expect(fired).toEqual([])
  })
})
