import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

export type FunctionsProps = {
  /** Bundle directory of each function, by its name. */
  readonly bundles: Readonly<Record<string, string>>
}

const TIMEOUT_SECONDS: Readonly<Record<string, number>> = { validate: 120, 'record-lineage': 60, sweep: 50, 'deliver-notices': 50 }

/** One function per operation and per lifecycle task; each with a role, a log group and a bundle of its own. */
export class Functions extends Construct {
  readonly #bundles: FunctionsProps['bundles']

  constructor(scope: Construct, id: string, { bundles }: FunctionsProps) {
    super(scope, id)
    this.#bundles = bundles
  }

  add(name: string): LambdaFunction {
    const directory = this.#bundles[name]
    if (!directory) throw new Error(`no bundle for the function ${name}`)
    const logGroup = new LogGroup(this, `${name}-log`, { retention: RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY })
    const role = new Role(this, `${name}-role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    return new LambdaFunction(this, name, {
      description: `Supersede: ${name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(directory),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      memorySize: 512,
      timeout: Duration.seconds(TIMEOUT_SECONDS[name] ?? 25),
      tracing: Tracing.ACTIVE,
    })
  }
}
