import { readAssembly } from './assembly.ts'

/** The lifecycle's definition as text; functions are named by their logical ids in angle brackets, without the hash that CDK appends. */
export const readDefinition = async (): Promise<{ readonly text: string }> => {
  const { ofType } = await readAssembly()
  const raw = ofType('AWS::StepFunctions::StateMachine')[0]?.Properties['DefinitionString'] as {
    readonly 'Fn::Join': readonly [string, readonly unknown[]]
  }
  const name = (part: unknown): string =>
    JSON.stringify(part)
      .replaceAll('"', '')
      .replace(/.*\[Functions(\w+?)[0-9A-F]{8},Arn\].*/, '<$1>')
      .replace(/\{Ref:AWS::Partition\}/, 'aws')
  return { text: raw['Fn::Join'][1].map(part => (typeof part === 'string' ? part : name(part))).join('') }
}
