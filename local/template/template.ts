import { readFileSync } from 'node:fs'
import { join, resolve as resolvePath } from 'node:path'
import { resolve, type Scope, type Value } from './intrinsics.ts'

export const REGION = 'us-east-1'
export const ACCOUNT = '000000000000'

type RawResource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>>; readonly Condition?: string }
type RawTemplate = {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string }>>
  readonly Conditions?: Readonly<Record<string, unknown>>
  readonly Resources: Readonly<Record<string, RawResource>>
}

/** A resource with every intrinsic function resolved. */
export type Resource = { readonly logicalId: string; readonly type: string; readonly properties: Readonly<Record<string, Value>> }

export type Deployed = {
  readonly resources: readonly Resource[]
  readonly ofType: (type: string) => readonly Resource[]
  /** The directory of a file asset by its S3 object key, as `cdk deploy` would have uploaded it. */
  readonly assetDirectory: (objectKey: string) => string
  readonly physicalId: (logicalId: string) => string
}

export type DeployOptions = {
  /** The cloud assembly. */
  readonly assembly: string
  readonly stack: string
  readonly parameters: Readonly<Record<string, string>>
  /** host:port under which the distribution is reached. */
  readonly authority: string
}

const bare = (logicalId: string): string => logicalId.toLowerCase()

/** How each kind of resource answers Ref and GetAtt; by default Ref is the physical id and Arn one built from it. */
const ARN_SERVICE: Readonly<Record<string, (id: string) => string>> = {
  'AWS::Lambda::Function': id => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`,
  'AWS::StepFunctions::StateMachine': id => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${id}`,
  'AWS::DynamoDB::GlobalTable': id => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${id}`,
  'AWS::DynamoDB::Table': id => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${id}`,
  'AWS::S3::Bucket': id => `arn:aws:s3:::${id}`,
  'AWS::KMS::Key': id => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`,
}
const REF_IS_ARN = new Set(['AWS::StepFunctions::StateMachine'])

/** Reads a synthesized stack as the service would deploy it, with names that are the same at every start. */
export const readTemplate = ({ assembly, stack, parameters, authority }: DeployOptions): Deployed => {
  const template = JSON.parse(readFileSync(join(assembly, `${stack}.template.json`), 'utf8')) as RawTemplate
  const assets = JSON.parse(readFileSync(join(assembly, `${stack}.assets.json`), 'utf8')) as {
    readonly files: Readonly<
      Record<
        string,
        { readonly source: { readonly path: string }; readonly destinations: Readonly<Record<string, { readonly objectKey: string }>> }
      >
    >
  }
  const directories = new Map(
    Object.values(assets.files).flatMap(file =>
      Object.values(file.destinations).map(({ objectKey }) => [objectKey, resolvePath(assembly, file.source.path)] as const),
    ),
  )
  const arn = (id: string): string =>
    ARN_SERVICE[template.Resources[id]?.Type ?? '']?.(bare(id)) ?? `arn:aws:local:${REGION}:${ACCOUNT}:${bare(id)}`
  const pseudo: Readonly<Record<string, Value>> = {
    'AWS::Region': REGION,
    'AWS::AccountId': ACCOUNT,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack,
    'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stack}/local`,
  }
  const scope: Scope = {
    ref: name => {
      if (Object.hasOwn(pseudo, name)) return pseudo[name]
      if (template.Parameters && Object.hasOwn(template.Parameters, name)) return parameters[name] ?? template.Parameters[name]?.Default
      const resource = Object.hasOwn(template.Resources, name) ? template.Resources[name] : undefined
      return resource && (REF_IS_ARN.has(resource.Type) ? arn(name) : bare(name))
    },
    getAtt: (name, attribute) => {
      if (!template.Resources[name]) return undefined
      if (attribute === 'Arn') return arn(name)
      if (attribute === 'DomainName') return authority
      return `${bare(name)}.${attribute}`
    },
    condition: name => {
      const condition = template.Conditions?.[name]
      if (condition === undefined) throw new Error(`the template refers to the condition ${name}, which it does not have`)
      return resolve(condition, scope) === true
    },
  }
  const resources = Object.entries(template.Resources)
    .filter(([, raw]) => raw.Condition === undefined || scope.condition(raw.Condition))
    .map(([logicalId, raw]): Resource => {
      const properties = resolve(raw.Properties ?? {}, scope)
      return { logicalId, type: raw.Type, properties: properties as Readonly<Record<string, Value>> }
    })
  return {
    resources,
    ofType: type => resources.filter(resource => resource.type === type),
    assetDirectory: objectKey => {
      const directory = directories.get(objectKey)
      if (!directory) throw new Error(`the cloud assembly has no asset ${objectKey}`)
      return directory
    },
    physicalId: bare,
  }
}
