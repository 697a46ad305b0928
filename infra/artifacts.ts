import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment'
import { Construct } from 'constructs'
import { OPERATIONS } from '../shared/operations/index.ts'

/** Modules, uploads, directives and the console's files. */
export class Artifacts extends Construct {
  readonly bucket: Bucket
  readonly logs: Bucket

  constructor(scope: Construct, id: string) {
    super(scope, id)
    const common = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    }
    this.logs = new Bucket(this, 'Logs', { ...common, lifecycleRules: [{ expiration: Duration.days(90) }] })
    this.bucket = new Bucket(this, 'Bucket', {
      ...common,
      versioned: true,
      serverAccessLogsBucket: this.logs,
      serverAccessLogsPrefix: 's3/',
      lifecycleRules: [
        { prefix: 'uploads/', expiration: Duration.days(1) },
        { prefix: 'directives/', noncurrentVersionExpiration: Duration.days(30) },
      ],
    })
  }
}

export type FrontProps = {
  readonly artifacts: Artifacts
  readonly api: HttpApi
  /** Directory of the built console. */
  readonly console: string
}

/** The distribution: console, modules and directives from the bucket, the API on the same origin. */
export class Front extends Construct {
  readonly distribution: Distribution

  constructor(scope: Construct, id: string, { artifacts, api, console }: FrontProps) {
    super(scope, id)
    const { region, urlSuffix } = Stack.of(this)
    const headers = new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          contentSecurityPolicy:
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
      },
    })
    const bucket = S3BucketOrigin.withOriginAccessControl(artifacts.bucket)
    const consoleFiles = S3BucketOrigin.withOriginAccessControl(artifacts.bucket, { originPath: '/console' })
    const files: BehaviorOptions = {
      origin: bucket,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: headers,
    }
    const routes: BehaviorOptions = {
      origin: new HttpOrigin(`${api.apiId}.execute-api.${region}.${urlSuffix}`),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    }
    const apiPaths = new Set(OPERATIONS.map(({ path }) => `/${path.split('/')[1]}`))
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Supersede',
      defaultRootObject: 'index.html',
      defaultBehavior: { ...files, origin: consoleFiles },
      additionalBehaviors: {
        '/modules/*': files,
        // Hosts may see a directive this late; stop and abort travel in it, so it is short.
        '/directives/*': {
          ...files,
          cachePolicy: new CachePolicy(this, 'Brief', {
            minTtl: Duration.seconds(0),
            defaultTtl: Duration.seconds(5),
            maxTtl: Duration.seconds(5),
          }),
        },
        ...Object.fromEntries(
          [...apiPaths].flatMap(path => [
            [path, routes],
            [`${path}/*`, routes],
          ]),
        ),
      },
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      logBucket: new Bucket(this, 'Logs', {
        blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
        encryption: BucketEncryption.S3_MANAGED,
        enforceSSL: true,
        objectOwnership: ObjectOwnership.OBJECT_WRITER,
        removalPolicy: RemovalPolicy.RETAIN,
        serverAccessLogsBucket: artifacts.logs,
        serverAccessLogsPrefix: 'cdn-logs/',
        lifecycleRules: [{ expiration: Duration.days(90) }],
      }),
    })
    new BucketDeployment(this, 'Console', {
      sources: [Source.asset(console)],
      destinationBucket: artifacts.bucket,
      destinationKeyPrefix: 'console',
      prune: true,
      distribution: this.distribution,
      distributionPaths: ['/*'],
    })
  }
}
