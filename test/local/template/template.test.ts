import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { readTemplate } from '../../../local/template/template.ts'

const assembly = mkdtempSync(join(tmpdir(), 'supersede-template-'))
afterAll(() => rmSync(assembly, { recursive: true, force: true }))

/** How Fn::Sub writes a reference. */
const variable = (name: string): string => `\${${name}}`

const TEMPLATE = {
  Parameters: { Url: { Default: '' }, Audience: { Default: 'someone' } },
  Conditions: { HasUrl: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Url' }, ''] }] }, HasNoUrl: { 'Fn::Not': [{ Condition: 'HasUrl' }] } },
  Resources: {
    Table1A: { Type: 'AWS::DynamoDB::GlobalTable' },
    Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    Role: { Type: 'AWS::IAM::Role' },
    Front: { Type: 'AWS::CloudFront::Distribution' },
    OnlyWithUrl: { Type: 'AWS::S3::Bucket', Condition: 'HasUrl' },
    OnlyWithoutUrl: { Type: 'AWS::S3::Bucket', Condition: 'HasNoUrl' },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Table: { Ref: 'Table1A' },
        TableArn: { 'Fn::GetAtt': ['Table1A', 'Arn'] },
        Machine: { Ref: 'Machine' },
        Self: { 'Fn::GetAtt': ['Function', 'Arn'] },
        Domain: { 'Fn::GetAtt': ['Front', 'DomainName'] },
        Where: { 'Fn::Sub': `${variable('AWS::Region')}/${variable('AWS::AccountId')}/${variable('AWS::StackName')}` },
        Audience: { Ref: 'Audience' },
        Url: { 'Fn::If': ['HasUrl', { Ref: 'Url' }, { Ref: 'AWS::NoValue' }] },
      },
    },
  },
}
const ASSETS = { files: { f1: { source: { path: 'asset.f1' }, destinations: { here: { objectKey: 'f1.zip' } } } } }
writeFileSync(join(assembly, 'Stack.template.json'), JSON.stringify(TEMPLATE))
writeFileSync(join(assembly, 'Stack.assets.json'), JSON.stringify(ASSETS))

const read = (parameters: Readonly<Record<string, string>> = {}, stack = 'Stack') =>
  readTemplate({ assembly, stack, parameters, authority: '127.0.0.1:4711' })
const propertiesOf = (deployed: ReturnType<typeof read>) => deployed.ofType('AWS::Lambda::Function')[0]?.properties

describe('reading a synthesized stack', () => {
  test('references become names and ARNs of this machine', () => {
    expect(propertiesOf(read())).toEqual({
      Table: 'table1a',
      TableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/table1a',
      Machine: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine',
      Self: 'arn:aws:lambda:us-east-1:000000000000:function:function',
      Domain: '127.0.0.1:4711',
      Where: 'us-east-1/000000000000/Stack',
      Audience: 'someone',
    })
  })

  test('a parameter that is given wins over its default, and decides conditions', () => {
    expect(propertiesOf(read({ Url: 'http://x', Audience: 'me' }))).toMatchObject({ Url: 'http://x', Audience: 'me' })
  })

  test.each([
    [{}, ['OnlyWithoutUrl']],
    [{ Url: 'http://x' }, ['OnlyWithUrl']],
  ])('with %j only the resources whose condition holds are there: %j', (parameters, buckets) => {
    expect(
      read(parameters)
        .ofType('AWS::S3::Bucket')
        .map(({ logicalId }) => logicalId),
    ).toEqual(buckets)
  })

  test('an asset is found by the key it would be uploaded under', () => {
    expect(read().assetDirectory('f1.zip')).toBe(join(assembly, 'asset.f1'))
    expect(() => read().assetDirectory('f2.zip')).toThrow('f2.zip')
  })

  test('names are the same at every start', () => expect(read()).toMatchObject({ resources: read().resources }))

  test('a stack that was not synthesized is refused by its file', () => expect(() => read({}, 'Other')).toThrow('Other.template.json'))

  test('a condition that is not there is refused by its name', () => {
    const broken = { ...TEMPLATE, Resources: { Bucket: { Type: 'AWS::S3::Bucket', Condition: 'Perhaps' } } }
    writeFileSync(join(assembly, 'Broken.template.json'), JSON.stringify(broken))
    writeFileSync(join(assembly, 'Broken.assets.json'), JSON.stringify(ASSETS))
    expect(() => read({}, 'Broken')).toThrow(/condition Perhaps/)
  })
})
