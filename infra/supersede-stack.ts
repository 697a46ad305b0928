import { CfnCondition, CfnOutput, CfnParameter, Duration, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { LIFECYCLE_TASKS, type LifecycleTask, OPERATIONS, type OperationId } from '../shared/operations/index.ts'
import { TABLES } from '../shared/store/table-schema.ts'
import { Api } from './api.ts'
import { Artifacts, Front } from './artifacts.ts'
import { Functions } from './functions.ts'
import { type Capability, GRANTS } from './grants.ts'
import { Lifecycle } from './lifecycle.ts'
import { Notices } from './notices.ts'
import { Tables } from './tables.ts'

export type SupersedeStackProps = StackProps & {
  readonly bundles: Readonly<Record<string, string>>
  /** Directory of the built console. */
  readonly console: string
}

const READ = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'] as const
const WRITE = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'] as const

/** All of Supersede in one account and region. */
export class SupersedeStack extends Stack {
  constructor(scope: Construct, id: string, { bundles, console, ...props }: SupersedeStackProps) {
    super(scope, id, { description: 'Supersede: approves, rolls out and audits cumulative kernel livepatches', ...props })
    const issuer = new CfnParameter(this, 'IssuerUrl', { description: 'OpenID Connect issuer of people’s tokens (https://…)' })
    const audience = new CfnParameter(this, 'Audience', { default: 'supersede', description: 'Audience that people’s tokens must carry' })
    const publicUrl = new CfnParameter(this, 'PublicUrl', {
      default: '',
      description: 'Where people and hosts reach the service, if not under the distribution’s own name',
    })

    const loopback = new CfnParameter(this, 'LoopbackReceivers', {
      default: 'no',
      allowedValues: ['no', 'yes'],
      description: 'Whether receivers of notices may lie on the machine itself (http://127.0.0.1): for an installation on one machine only',
    })

    const tables = new Tables(this, 'Tables')
    const artifacts = new Artifacts(this, 'Artifacts')
    const signingKey = new Key(this, 'SigningKey', {
      description: 'Supersede signs directives',
      keySpec: KeySpec.ECC_NIST_EDWARDS25519,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    const notices = new Notices(this, 'Notices')
    const functions = new Functions(this, 'Functions', { bundles })
    const byName: Record<string, LambdaFunction> = Object.fromEntries(Object.keys(GRANTS).map(name => [name, functions.add(name)]))
    const named = (name: string): LambdaFunction => {
      const found = byName[name]
      if (!found) throw new Error(`infra/grants.ts has no row for ${name}`)
      return found
    }

    const lifecycle = new Lifecycle(this, 'Lifecycle', {
      tasks: Object.fromEntries(LIFECYCLE_TASKS.map(task => [task, named(task)])) as Record<LifecycleTask, LambdaFunction>,
    })
    const { api } = new Api(this, 'Http', {
      handlers: Object.fromEntries(OPERATIONS.map(operation => [operation.id, named(operation.id)])) as Record<OperationId, LambdaFunction>,
      hostAuthorizer: named('host-authorizer'),
      issuer: issuer.valueAsString,
      audience: audience.valueAsString,
    })
    const { distribution } = new Front(this, 'Front', { artifacts, api, console })
    // The parameter may be left empty, so the condition is decided at deployment.
    const url = Fn.conditionIf(
      this.#isEmpty(publicUrl).logicalId,
      `https://${distribution.distributionDomainName}`,
      publicUrl.valueAsString,
    ).toString()

    const allow = (to: LambdaFunction, actions: readonly string[], ...resources: readonly string[]) =>
      to.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }))
    const grant: Readonly<Record<string, (to: LambdaFunction, access: string) => void>> = {
      ...Object.fromEntries(
        [...tables.byName].map(([name, table]) => [
          name,
          (to: LambdaFunction, access: string) => {
            to.addEnvironment(`${name.toUpperCase()}_TABLE`, table.tableName)
            const indexes = TABLES[name].indexes.map(index => `${table.tableArn}/index/${index.name}`)
            allow(to, access === 'read' ? READ : WRITE, table.tableArn)
            if (access === 'read' && indexes.length > 0) allow(to, ['dynamodb:Query'], ...indexes)
            allow(to, access === 'read' ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], tables.key.keyArn)
          },
        ]),
      ),
      modules: (to, access) =>
        allow(to, [access === 'read' ? 's3:GetObject' : 's3:PutObject'], artifacts.bucket.arnForObjects('modules/*')),
      uploads: to => allow(to, ['s3:GetObject', 's3:PutObject'], artifacts.bucket.arnForObjects('uploads/*')),
      directives: to => allow(to, ['s3:PutObject'], artifacts.bucket.arnForObjects('directives/*')),
      directive: to => {
        to.addEnvironment('SIGNING_KEY_ID', signingKey.keyId)
        allow(to, ['kms:Sign', 'kms:GetPublicKey'], signingKey.keyArn)
      },
      receivers: (to, access) => {
        if (access === 'secret') {
          to.addEnvironment('RECEIVER_KEY_ID', notices.key.keyId)
          allow(to, ['kms:GenerateMac'], notices.key.keyArn)
        } else {
          to.addEnvironment('EVENT_BUS_NAME', notices.bus.eventBusName)
          allow(to, ['events:PutEvents'], notices.bus.eventBusArn)
        }
        to.addEnvironment('LOOPBACK_RECEIVERS', loopback.valueAsString)
      },
      outbox: to => {
        allow(to, ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], ledgerStream)
        allow(to, ['dynamodb:ListStreams'], '*')
      },
      workflow: (to, access) => {
        if (access === 'wake') allow(to, ['states:SendTaskSuccess', 'states:SendTaskFailure'], '*')
        else {
          // Only who starts executions knows the machine: a task of it that did would depend on what depends on it.
          to.addEnvironment('LIFECYCLE_ARN', machineArn)
          allow(to, ['states:StartExecution'], machineArn)
        }
      },
    }
    const ledgerStream = tables.ledgerStreamArn
    const machineArn = lifecycle.machine.stateMachineArn
    for (const [name, capabilities] of Object.entries(GRANTS)) this.#grantAll(named(name), capabilities, grant, artifacts, url)

    notices.deliverBy(named('deliver-notices'), ledgerStream)
    new Rule(this, 'Sweep', {
      description: 'Finds wake-ups that got lost',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaTarget(named('sweep'))],
    })
    this.#alarm(
      'LifecycleFailed',
      lifecycle.machine.metricFailed({ period: Duration.minutes(5) }),
      'A change’s workflow failed: look at its execution, then resume or abort the change',
    )
    this.#alarm(
      'DeliverNoticesFailed',
      named('deliver-notices').metricErrors({ period: Duration.minutes(5) }),
      'Notices could not be worked on: people may not hear of what they are asked until this works again',
    )
    this.#alarm(
      'SweepFailed',
      named('sweep').metricErrors({ period: Duration.minutes(5) }),
      'The sweep failed: lost wake-ups are not found until it works again',
    )

    new CfnOutput(this, 'Url', { value: url, description: 'Console and API' })
    new CfnOutput(this, 'EventBus', { value: notices.bus.eventBusName, description: 'Where receivers of kind eventbridge put notices' })
    new CfnOutput(this, 'ArtifactsBucket', { value: artifacts.bucket.bucketName })
  }

  #isEmpty(parameter: CfnParameter): CfnCondition {
    return new CfnCondition(this, 'NoPublicUrl', { expression: Fn.conditionEquals(parameter.valueAsString, '') })
  }

  #grantAll(
    to: LambdaFunction,
    capabilities: readonly Capability[],
    grant: Readonly<Record<string, (to: LambdaFunction, access: string) => void>>,
    artifacts: Artifacts,
    url: string,
  ): void {
    for (const capability of new Set(capabilities)) {
      const [what = '', access = ''] = capability.split(':')
      grant[what]?.(to, access)
    }
    if (capabilities.some(capability => /^(modules|uploads|directives):/.test(capability)))
      to.addEnvironment('ARTIFACTS_BUCKET', artifacts.bucket.bucketName)
    to.addEnvironment('PUBLIC_URL', url)
  }

  #alarm(id: string, metric: Metric, description: string): void {
    new Alarm(this, id, {
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: description,
    })
  }
}
