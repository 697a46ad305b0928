import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { CfnStage, HttpApi, type HttpMethod, HttpNoneAuthorizer, HttpStage, type IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpJwtAuthorizer, HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { type Audience, OPERATIONS, type OperationId } from '../shared/operations/index.ts'

export type ApiProps = {
  readonly handlers: Readonly<Record<OperationId, IFunction>>
  readonly hostAuthorizer: IFunction
  /** OpenID Connect issuer of people's tokens, and the audience they must carry. */
  readonly issuer: string
  readonly audience: string
}

/** The HTTP API: routes and their authorization come from the operations table and from nowhere else. */
export class Api extends Construct {
  readonly api: HttpApi

  constructor(scope: Construct, id: string, { handlers, hostAuthorizer, issuer, audience }: ApiProps) {
    super(scope, id)
    this.api = new HttpApi(this, 'Api', { apiName: 'supersede', createDefaultStage: false })
    const people = new HttpJwtAuthorizer('People', issuer, { authorizerName: 'people', jwtAudience: [audience] })
    const hosts = new HttpLambdaAuthorizer('Hosts', hostAuthorizer, {
      authorizerName: 'hosts',
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: ['$request.header.Authorization'],
      // A host's token lives five minutes; its answer may be reused for less than that.
      resultsCacheTtl: Duration.minutes(1),
    })
    const none = new HttpNoneAuthorizer()
    const authorizerOf: Readonly<Record<Audience, IHttpRouteAuthorizer>> = { person: people, host: hosts, enrolment: none, public: none }

    for (const { id: name, method, path, audience: who } of OPERATIONS)
      this.api.addRoutes({
        path,
        methods: [method as HttpMethod],
        integration: new HttpLambdaIntegration(name, handlers[name]),
        authorizer: authorizerOf[who],
      })

    const accessLog = new LogGroup(this, 'AccessLog', { retention: RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY })
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 500, burstLimit: 1000 },
    })
    const cfnStage = stage.node.defaultChild
    if (!(cfnStage instanceof CfnStage)) throw new Error('an HTTP stage has a CfnStage')
    cfnStage.accessLogSettings = {
      destinationArn: accessLog.logGroupArn,
      format: JSON.stringify({
        requestId: '$context.requestId',
        ip: '$context.identity.sourceIp',
        routeKey: '$context.routeKey',
        status: '$context.status',
        latencyMs: '$context.responseLatency',
        subject: '$context.authorizer.claims.sub',
      }),
    }
  }
}
