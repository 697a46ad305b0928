import type { HttpAsk } from '../../../local/gateway/http-api.ts'
import type { Value } from '../../../local/template/intrinsics.ts'
import type { Deployed } from '../../../local/template/template.ts'

export type Row = readonly [type: string, logicalId: string, properties: Readonly<Record<string, Value>>]

/** A deployed stack of just these resources. */
export const deployedOf = (rows: readonly Row[]): Deployed => {
  const resources = rows.map(([type, logicalId, properties]) => ({ type, logicalId, properties }))
  return {
    resources,
    ofType: type => resources.filter(resource => resource.type === type),
    assetDirectory: objectKey => {
      throw new Error(`no asset ${objectKey}`)
    },
    physicalId: logicalId => logicalId.toLowerCase(),
  }
}

const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`

export const integration = (name: string): Row => [
  'AWS::ApiGatewayV2::Integration',
  `To-${name}`,
  { IntegrationUri: functionArn(name), PayloadFormatVersion: '2.0' },
]

export const route = (routeKey: string, name: string, more: Readonly<Record<string, Value>> = {}): Row => [
  'AWS::ApiGatewayV2::Route',
  `Route-${routeKey}`,
  { RouteKey: routeKey, Target: `integrations/to-${name}`, ...more },
]

export const askOf = (method: string, url: string, more: Partial<HttpAsk> = {}): HttpAsk => {
  const [path = '/', query = ''] = url.split(/\?(.*)/s)
  return { method, path, query, headers: { host: '127.0.0.1:1' }, body: Buffer.alloc(0), sourceIp: '127.0.0.1', ...more }
}
