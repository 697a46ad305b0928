import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets'
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms'
import { CfnEventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'

/** How people are told: the bus that rules may listen on, the key that receivers' secrets are made of, and what wakes the function that delivers. */
export class Notices extends Construct {
  readonly bus: EventBus
  readonly key: Key

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.bus = new EventBus(this, 'Bus', { description: 'What Supersede tells, as CloudEvents' })
    this.key = new Key(this, 'ReceiverKey', {
      description: 'Supersede makes the secrets of webhook receivers',
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy: RemovalPolicy.RETAIN,
    })
  }

  /**
   * Within a second of when something is put into the ledger's outbox, and once a minute for what is to be tried again, for reminders, and for what a
   * lost record of the stream would have told. Nothing rests on the stream, so a batch that fails is not repeated for long.
   */
  deliverBy(deliver: LambdaFunction, ledgerStreamArn: string): void {
    const mapping = new CfnEventSourceMapping(this, 'Outbox', {
      functionName: deliver.functionName,
      eventSourceArn: ledgerStreamArn,
      startingPosition: 'LATEST',
      batchSize: 100,
      // A second's worth at once: people don't notice, and a burst of approvals is one invocation and not a hundred.
      maximumBatchingWindowInSeconds: 1,
      maximumRetryAttempts: 2,
      maximumRecordAgeInSeconds: 300,
      filterCriteria: {
        filters: [{ pattern: JSON.stringify({ eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: ['outbox'] } } } }) }],
      },
    })
    if (deliver.role) mapping.node.addDependency(deliver.role)
    new Rule(this, 'Deliver', {
      description: 'Tries again what was not delivered, and reminds',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaTarget(deliver)],
    })
  }
}
