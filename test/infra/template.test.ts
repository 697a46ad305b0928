import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { FUNCTION_ENTRIES } from '../../infra/function-entries.ts'
import { GRANTS } from '../../infra/grants.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { type Resource, readAssembly } from './assembly.ts'

const { assembly, resources, ofType } = await readAssembly()
const ours = ofType('AWS::Lambda::Function').filter(({ Properties }) => String(Properties['Description']).startsWith('Supersede: '))
const nameOf = ({ Properties }: Resource): string => String(Properties['Description']).slice('Supersede: '.length)

const AUTHORIZATION = { person: 'JWT', host: 'CUSTOM', enrolment: 'NONE', public: 'NONE' } as const

describe('routes', () => {
  const routes = new Map(ofType('AWS::ApiGatewayV2::Route').map(route => [route.Properties['RouteKey'], route.Properties]))

  test.each(OPERATIONS.map(({ id, method, path, audience }) => [`${method} ${path}`, id, audience] as const))(
    '%s is there with the authorization of its audience',
    (key, _, audience) => {
      expect(routes.get(key)).toMatchObject({ AuthorizationType: AUTHORIZATION[audience] })
    },
  )

  test('there is no route that the operations table does not know', () => {
    expect([...routes.keys()].toSorted()).toEqual(OPERATIONS.map(({ method, path }) => `${method} ${path}`).toSorted())
  })
})

describe('functions', () => {
  test('every entry is deployed, and has its row of capabilities', () => {
    expect(ours.map(nameOf).toSorted()).toEqual(Object.keys(FUNCTION_ENTRIES).toSorted())
    expect(Object.keys(GRANTS).toSorted()).toEqual(Object.keys(FUNCTION_ENTRIES).toSorted())
  })

  test('every function that people ask may read the ledger, where the policies in force are', () => {
    const theirs = OPERATIONS.filter(({ audience }) => audience === 'person').map(({ id }) => id)
    expect(theirs.filter(id => !GRANTS[id]?.includes('ledger:read'))).toEqual([])
  })

  test('each runs on Node 24 on arm64, with a role and a log group of its own', () => {
    for (const { Properties } of ours) expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] })
    const roles = ours.map(({ Properties }) => JSON.stringify(Properties['Role']))
    const logs = ours.map(({ Properties }) => JSON.stringify(Properties['LoggingConfig']))
    expect(new Set(roles).size).toBe(ours.length)
    expect(new Set(logs).size).toBe(ours.length)
  })

  test('logs are kept for a bounded time', () => {
    for (const { Properties } of ofType('AWS::Logs::LogGroup')) expect(Properties['RetentionInDays']).toBeGreaterThan(0)
  })

  test.each(Object.keys(FUNCTION_ENTRIES))('the bundle of %s has at most 300 KB', name => {
    expect(statSync(join(assembly, '.bundles', name, 'index.mjs')).size).toBeLessThanOrEqual(300 * 1024)
  })
})

describe('tables', () => {
  test.each(ofType('AWS::DynamoDB::Table').map(table => [table.logicalId, table] as const))(
    '%s is on demand, recoverable, protected and encrypted with our key',
    (_, table) => {
      expect(table.Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      })
      expect(table.DeletionPolicy).toBe('Retain')
    },
  )
})

describe('permissions', () => {
  type Statement = { readonly Action: string | readonly string[]; readonly Resource: unknown }
  const statementsOf = (name: string): readonly Statement[] => {
    const role = ours.find(candidate => nameOf(candidate) === name)?.Properties['Role'] as { readonly 'Fn::GetAtt': readonly string[] }
    const [roleId] = role['Fn::GetAtt']
    return ofType('AWS::IAM::Policy')
      .filter(({ Properties }) => JSON.stringify(Properties['Roles']).includes(`"${roleId}"`))
      .flatMap(({ Properties }) => (Properties['PolicyDocument'] as { readonly Statement: readonly Statement[] }).Statement)
  }
  const actionsOf = (name: string): readonly string[] => statementsOf(name).flatMap(({ Action }) => Action)
  const holders = (action: string): readonly string[] => Object.keys(FUNCTION_ENTRIES).filter(name => actionsOf(name).includes(action))

  test('only who publishes directives, enrols or shows them may use the signing key', () => {
    expect(holders('kms:Sign').toSorted()).toEqual(
      Object.keys(GRANTS)
        .filter(name => GRANTS[name]?.includes('directive:sign'))
        .toSorted(),
    )
  })

  test('nothing but task tokens, traces and a list of streams is allowed on every resource', () => {
    const everywhere = Object.keys(FUNCTION_ENTRIES).flatMap(name =>
      statementsOf(name)
        .filter(({ Resource }) => Resource === '*')
        .flatMap(({ Action }) => Action),
    )
    expect([...new Set(everywhere)].toSorted()).toEqual([
      'dynamodb:ListStreams',
      'states:SendTaskFailure',
      'states:SendTaskSuccess',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ])
  })

  test('no function may scan a table or delete one', () => {
    expect(holders('dynamodb:Scan')).toEqual([])
    expect(holders('dynamodb:DeleteTable')).toEqual([])
  })

  test('what only reads may not write', () => {
    for (const operation of OPERATIONS.filter(({ method, id }) => method === 'GET' && id !== 'show-directive'))
      expect(
        actionsOf(operation.id).filter(
          action => /Put|Update|Delete|Sign/.test(action) && !action.startsWith('xray:') && !action.startsWith('logs:'),
        ),
      ).toEqual([])
  })
})

describe('buckets', () => {
  test('every bucket is private and refuses plain HTTP', () => {
    for (const { Properties } of ofType('AWS::S3::Bucket'))
      expect(Properties['PublicAccessBlockConfiguration']).toMatchObject({ BlockPublicPolicy: true, RestrictPublicBuckets: true })
    expect(ofType('AWS::S3::BucketPolicy').length).toBe(ofType('AWS::S3::Bucket').length)
  })
})

test('no resource is left that says nothing of what becomes of its data', () => {
  const stateful = resources.filter(({ Type }) => ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key'].includes(Type))
  expect(stateful.filter(({ DeletionPolicy }) => DeletionPolicy !== 'Retain')).toEqual([])
})

test('the template is the one that was synthesized without an account', () => {
  expect(readFileSync(join(assembly, 'Supersede.template.json'), 'utf8')).not.toMatch(/arn:aws:[a-z0-9]+:[a-z0-9-]*:\d{12}:/)
})
