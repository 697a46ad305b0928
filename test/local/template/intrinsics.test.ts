import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { resolve, type Scope, type Value } from '../../../local/template/intrinsics.ts'

const REFS: Readonly<Record<string, Value>> = { Stage: 'prod', Count: 3, 'AWS::Region': 'us-east-1', Zones: ['a', 'b'] }
const scope: Scope = {
  ref: name => (Object.hasOwn(REFS, name) ? REFS[name] : undefined),
  getAtt: (resource, attribute) => (resource === 'Table' ? `Table/${attribute}` : undefined),
  condition: name => {
    if (name === 'Yes' || name === 'No') return name === 'Yes'
    throw new Error(`no condition ${name}`)
  },
}
/** How Fn::Sub writes a reference. */
const variable = (name: string): string => `\${${name}}`
const none = { Ref: 'AWS::NoValue' }

describe('an intrinsic function resolves to what CloudFormation would answer', () => {
  const ROWS: readonly (readonly [sentence: string, given: unknown, answer: Value])[] = [
    ['Ref of a parameter', { Ref: 'Stage' }, 'prod'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table/Arn'],
    ['Fn::GetAtt as a dotted name', { 'Fn::GetAtt': 'Table.Stream.Arn' }, 'Table/Stream.Arn'],
    [
      'Fn::Sub of references and attributes',
      { 'Fn::Sub': `x-${variable('Stage')}-${variable('Table.Arn')}-${variable('Count')}` },
      'x-prod-Table/Arn-3',
    ],
    [
      'Fn::Sub with variables of its own, which win',
      { 'Fn::Sub': [`${variable('Stage')}/${variable('Mine')}`, { Stage: 'dev', Mine: { Ref: 'Stage' } }] },
      'dev/prod',
    ],
    [
      `Fn::Sub leaves ${variable('!Name')} to whoever reads it`,
      { 'Fn::Sub': `${variable('!Stage')}-${variable('Stage')}` },
      `${variable('Stage')}-prod`,
    ],
    ['Fn::Join', { 'Fn::Join': [':', ['arn', { Ref: 'Stage' }, 1, true]] }, 'arn:prod:1:true'],
    ['Fn::Join of a list that is a reference', { 'Fn::Join': [',', { Ref: 'Zones' }] }, 'a,b'],
    ['Fn::Select', { 'Fn::Select': ['1', { 'Fn::Split': ['.', 'a.b.c'] }] }, 'b'],
    ['Fn::Split', { 'Fn::Split': ['/', 'a/b/'] }, ['a', 'b', '']],
    ['Fn::If that holds', { 'Fn::If': ['Yes', { Ref: 'Stage' }, 'b'] }, 'prod'],
    ['Fn::If that does not', { 'Fn::If': ['No', 'a', { Ref: 'Stage' }] }, 'prod'],
    ['the branch of Fn::If that is not taken is not looked at', { 'Fn::If': ['Yes', 'a', { 'Fn::Unknown': [] }] }, 'a'],
    ['Fn::Equals', { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] }, true],
    ['Fn::Equals compares numbers as text', { 'Fn::Equals': [{ Ref: 'Count' }, '3'] }, true],
    ['Fn::Not', { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }, true],
    ['Fn::And', { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
    ['Fn::Or', { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] }, true],
    ['AWS::NoValue takes its property away', { a: 1, b: none }, { a: 1 }],
    ['AWS::NoValue takes its item out of a list', ['a', none, 'b'], ['a', 'b']],
    ['AWS::NoValue may come out of Fn::If', { a: 1, b: { 'Fn::If': ['Yes', none, 2] } }, { a: 1 }],
    ['functions are resolved at any depth', { a: [{ b: { 'Fn::Join': ['', ['x', { Ref: 'Stage' }]] } }] }, { a: [{ b: 'xprod' }] }],
    ['a member that has the name of an object’s method is only a member', { constructor: 'x' }, { constructor: 'x' }],
  ]
  test.each(ROWS)('%s', (_, given, answer) => expect(resolve(given, scope)).toEqual(answer))

  test('JSON without functions stays as it is', () => {
    const plain = fc.jsonValue().filter(value => !/"(Ref|Condition|Fn::)/.test(JSON.stringify(value)))
    fc.assert(fc.property(plain, value => expect(resolve(value, scope)).toEqual(value)))
  })

  test('Fn::Split undoes Fn::Join', () => {
    const parts = fc.array(
      fc.string().filter(part => !part.includes('|')),
      { minLength: 1 },
    )
    fc.assert(fc.property(parts, list => expect(resolve({ 'Fn::Split': ['|', { 'Fn::Join': ['|', list] }] }, scope)).toEqual(list)))
  })
})

describe('what cannot be resolved is refused by its name', () => {
  test.each([
    ['a reference to nothing', { Ref: 'Nothing' }, /Nothing/],
    ['a reference to what every object has', { 'Fn::Sub': `${variable('toString')}` }, /toString/],
    ['an attribute of nothing', { 'Fn::GetAtt': ['Nothing', 'Arn'] }, /Nothing\.Arn/],
    ['an attribute of nothing, in a text', { 'Fn::Sub': `${variable('Nothing.Arn')}` }, /Nothing\.Arn/],
    ['an item behind the end', { 'Fn::Select': [5, ['a']] }, /item 5/],
    ['a list that is none', { 'Fn::Join': ['', 'abc'] }, /Fn::Join wants a list/],
    ['no value where one is needed', none, /AWS::NoValue/],
    ['a condition that is not there', { 'Fn::If': ['Perhaps', 1, 2] }, /Perhaps/],
    ...['Fn::FindInMap', 'Fn::ImportValue', 'Fn::Base64', 'Fn::Cidr', 'Fn::GetAZs', 'Fn::Transform', 'Fn::Length'].map(
      name => [name, { a: { [name]: ['x', 'y'] } }, new RegExp(`does not know ${name}`)] as const,
    ),
  ])('%s', (_, given, message) => expect(() => resolve(given, scope)).toThrow(message))
})
