import { CfnElement, Stack, Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'
import { LIFECYCLE_TASKS } from '../shared/operations/index.ts'

type Acknowledged = {
  /** Construct path below the stack; empty: the stack itself. */
  readonly path: string
  readonly id: string | ((stack: Stack) => string)
  readonly reason: string
}

const PREFIXES = ['modules', 'uploads', 'directives']
const DEPLOYMENT_FINDINGS = [
  'L1',
  'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
  'IAM5[Resource::*]',
  'IAM5[Resource::<ArtifactsBucket88671897.Arn>/*]',
  'IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*]',
  ...['GetBucket', 'GetObject', 'List', 'Abort', 'DeleteObject'].map(action => `IAM5[Action::s3:${action}*]`),
]
const DEPLOYMENT = 'Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C'

const find = (stack: Stack, path: string): IConstruct =>
  path
    .split('/')
    .filter(Boolean)
    .reduce<IConstruct>((construct, name) => construct.node.findChild(name), stack)

const logicalId = (construct: IConstruct): string => {
  const { defaultChild } = construct.node
  if (!(defaultChild instanceof CfnElement)) throw new Error(`${construct.node.path} is no resource`)
  return Stack.of(construct).resolve(defaultChild.logicalId)
}

/** Every rule of cdk-nag that the stack does not follow, with its reason. */
const ACKNOWLEDGED: readonly Acknowledged[] = [
  {
    path: 'Functions',
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'X-Ray, dynamodb:ListStreams and states:SendTask* take no resource but *; task tokens are unguessable and only their holder’s function may send them.',
  },
  ...PREFIXES.map(prefix => ({
    path: 'Functions',
    id: `AwsSolutions-IAM5[Resource::<ArtifactsBucket88671897.Arn>/${prefix}/*]`,
    reason: `Objects are named by digest, upload or fleet; the function may reach those under ${prefix}/ and nothing else of the bucket.`,
  })),
  {
    path: 'Lifecycle/Machine/Role',
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'Log delivery and X-Ray take no resource but *.',
  },
  ...LIFECYCLE_TASKS.map(task => ({
    path: 'Lifecycle/Machine/Role',
    id: (stack: Stack) => `AwsSolutions-IAM5[Resource::<${logicalId(find(stack, `Functions/${task}`))}.Arn>:*]`,
    reason: 'The workflow may invoke its own task in any version.',
  })),
  {
    path: 'Http/Api/POST--fleets--{fleet}--hosts',
    id: 'AwsSolutions-APIG4',
    reason: 'A host that enrols has no identity yet: the handler consumes its one-time token in the transaction that creates the host.',
  },
  { path: 'Http/Api/GET--openapi.json', id: 'AwsSolutions-APIG4', reason: 'The description of the API is public.' },
  {
    path: 'Front/Distribution',
    id: 'AwsSolutions-CFR4',
    reason: 'Without a domain and certificate of its own the distribution uses CloudFront’s; README tells how to give it one.',
  },
  {
    path: 'Front/Distribution',
    id: 'AwsSolutions-CFR1',
    reason: 'A fleet may stand anywhere; who may act is decided by tokens, not by country.',
  },
  {
    path: 'Front/Distribution',
    id: 'AwsSolutions-CFR2',
    reason:
      'A web ACL costs per month and is the account’s own choice; the API is throttled at its stage and every mutation needs a token.',
  },
  ...DEPLOYMENT_FINDINGS.map(id => ({
    path: DEPLOYMENT,
    id: `AwsSolutions-${id}`,
    reason: 'The CDK’s own provider that copies the console into the bucket at deployment; its runtime and role are the CDK’s.',
  })),
]

/** Acknowledges what must be; a path that no longer exists is an error, so that no exemption outlives its reason. */
export const acknowledge = (stack: Stack): void => {
  for (const { path, id, reason } of ACKNOWLEDGED)
    Validations.of(find(stack, path)).acknowledge({ id: typeof id === 'string' ? id : id(stack), reason })
}
