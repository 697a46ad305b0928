import type { Deployed, Resource } from '../template/template.ts'

export type Authorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'jwt'; readonly issuer: string; readonly audience: readonly string[] }
  | { readonly kind: 'lambda'; readonly functionName: string; readonly ttlSeconds: number }

export type Route = {
  readonly routeKey: string
  readonly method: string
  readonly segments: readonly string[]
  readonly functionName: string
  readonly authorization: Authorization
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** `arn:aws:lambda:…:function:NAME`, bare or inside an authorizer's invocation ARN. */
const functionOf = (uri: unknown): string => {
  const name = /:function:([A-Za-z0-9_-]+)/.exec(String(uri))?.[1]
  if (!name) throw new Error(`not a function's ARN: ${String(uri)}`)
  return name
}

const authorizationOf = (route: Resource, deployed: Deployed): Authorization => {
  const type = route.properties['AuthorizationType'] ?? 'NONE'
  if (type === 'NONE') return { kind: 'none' }
  const authorizer = deployed
    .ofType('AWS::ApiGatewayV2::Authorizer')
    .find(({ logicalId }) => deployed.physicalId(logicalId) === route.properties['AuthorizerId'])
  if (!authorizer) throw new Error(`route ${String(route.properties['RouteKey'])} has no authorizer`)
  if (type === 'JWT') {
    const { Issuer, Audience } = record(authorizer.properties['JwtConfiguration'])
    return { kind: 'jwt', issuer: String(Issuer), audience: Array.isArray(Audience) ? Audience.map(String) : [] }
  }
  return {
    kind: 'lambda',
    functionName: functionOf(authorizer.properties['AuthorizerUri']),
    ttlSeconds: Number(authorizer.properties['AuthorizerResultTtlInSeconds'] ?? 300),
  }
}

/** The routes of the template's HTTP API, the most specific first. */
export const readRoutes = (deployed: Deployed): readonly Route[] => {
  const integrations = new Map(
    deployed
      .ofType('AWS::ApiGatewayV2::Integration')
      .map(({ logicalId, properties }) => [deployed.physicalId(logicalId), functionOf(properties['IntegrationUri'])]),
  )
  const routes = deployed.ofType('AWS::ApiGatewayV2::Route').map((route): Route => {
    const routeKey = String(route.properties['RouteKey'])
    const [method = '', path = ''] = routeKey === '$default' ? ['ANY', '/{proxy+}'] : routeKey.split(' ')
    const target = String(route.properties['Target']).replace('integrations/', '')
    const functionName = integrations.get(target)
    if (!functionName) throw new Error(`route ${routeKey} has no integration ${target}`)
    return { routeKey, method, segments: path.split('/').slice(1), functionName, authorization: authorizationOf(route, deployed) }
  })
  return routes.sort(bySpecificity)
}

const isVariable = (segment: string): boolean => segment.startsWith('{')
const isGreedy = (segment: string): boolean => segment.endsWith('+}')

const bind = (route: Route, segments: readonly string[]): Record<string, string> | null => {
  const bound: Record<string, string> = {}
  for (const [index, pattern] of route.segments.entries()) {
    const segment = segments[index]
    if (segment === undefined) return null
    if (isGreedy(pattern)) {
      bound[pattern.slice(1, -2)] = segments.slice(index).join('/')
      return bound
    }
    if (!isVariable(pattern)) {
      if (pattern !== segment) return null
    } else if (segment === '') return null
    else bound[pattern.slice(1, -1)] = segment
  }
  return segments.length === route.segments.length ? bound : null
}

/**
 * A whole path wins over a greedy variable, a longer greedy route over a shorter one, a literal segment over a variable (the leftmost decides),
 * a method over ANY, and everything over $default.
 */
const rank = ({ routeKey, method, segments }: Route): readonly number[] => [
  routeKey === '$default' ? 0 : 1,
  segments.some(isGreedy) ? 0 : 1,
  segments.length,
  ...segments.map(segment => (isVariable(segment) ? 0 : 1)),
  method === 'ANY' ? 0 : 1,
]

const bySpecificity = (a: Route, b: Route): number => {
  const [left, right] = [rank(a), rank(b)]
  const index = left.findIndex((value, at) => value !== right[at])
  return index < 0 ? 0 : (right[index] ?? 0) - (left[index] ?? 0)
}

export type Match = { readonly route: Route; readonly pathParameters: Readonly<Record<string, string>> }

/** Finds the first route that fits, of `readRoutes`; `methods` tells which ones the path would take when none does. */
export const matchRoute = (
  routes: readonly Route[],
  method: string,
  path: string,
): Match | { readonly route: null; readonly methods: readonly string[] } => {
  let segments: string[]
  try {
    segments = path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return { route: null, methods: [] }
  }
  const methods = new Set<string>()
  for (const route of routes) {
    const pathParameters = bind(route, segments)
    if (pathParameters && (route.method === method || route.method === 'ANY')) return { route, pathParameters }
    if (pathParameters) methods.add(route.method)
  }
  return { route: null, methods: [...methods] }
}
