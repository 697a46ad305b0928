import { extname } from 'node:path'
import type { ObjectStore } from '../s3/object-store.ts'
import type { Deployed } from '../template/template.ts'
import type { HttpAsk } from './http-api.ts'
import { type HttpAnswer, problem } from './problem.ts'

type Origin = { readonly kind: 'bucket'; readonly bucket: string; readonly path: string } | { readonly kind: 'api' }
type Behavior = { readonly pattern: RegExp; readonly origin: Origin; readonly headers: Readonly<Record<string, string>> }

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
const records = (value: unknown) => (Array.isArray(value) ? value.map(record) : [])

const MEDIA: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
}

/** CloudFront path patterns: `*` is any run of characters, `?` any one. */
const patternOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )

const originOf = (origin: Readonly<Record<string, unknown>>): Origin => {
  const domain = String(origin['DomainName'])
  if (domain.includes('.execute-api.')) return { kind: 'api' }
  return { kind: 'bucket', bucket: domain.split('.')[0] ?? '', path: String(origin['OriginPath'] ?? '').replace(/^\//, '') }
}

const securityHeaders = (policy: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> => {
  const config = record(record(policy['ResponseHeadersPolicyConfig'])['SecurityHeadersConfig'])
  const named: readonly (readonly [string, unknown])[] = [
    ['content-security-policy', record(config['ContentSecurityPolicy'])['ContentSecurityPolicy']],
    ['x-content-type-options', config['ContentTypeOptions'] ? 'nosniff' : undefined],
    ['x-frame-options', record(config['FrameOptions'])['FrameOption']],
    ['referrer-policy', record(config['ReferrerPolicy'])['ReferrerPolicy']],
  ]
  return Object.fromEntries(named.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
}

const readBehaviors = (deployed: Deployed) => {
  const distribution = deployed.ofType('AWS::CloudFront::Distribution')[0]
  if (!distribution) return { behaviors: [] as readonly Behavior[], root: 'index.html' }
  const config = record(distribution.properties['DistributionConfig'])
  const origins = new Map(records(config['Origins']).map(origin => [origin['Id'], originOf(origin)]))
  const policies = new Map(
    deployed
      .ofType('AWS::CloudFront::ResponseHeadersPolicy')
      .map(({ logicalId, properties }) => [deployed.physicalId(logicalId), securityHeaders(properties)]),
  )
  const behaviorOf = (behavior: Readonly<Record<string, unknown>>): Behavior => ({
    pattern: patternOf(String(behavior['PathPattern'] ?? '/*')),
    origin: origins.get(behavior['TargetOriginId']) ?? { kind: 'api' },
    headers: policies.get(String(behavior['ResponseHeadersPolicyId'])) ?? {},
  })
  const behaviors = [...records(config['CacheBehaviors']).map(behaviorOf), behaviorOf(record(config['DefaultCacheBehavior']))]
  return { behaviors, root: String(config['DefaultRootObject'] ?? 'index.html') }
}

export type DistributionOptions = {
  readonly deployed: Deployed
  readonly objects: ObjectStore
  readonly api: (ask: HttpAsk) => Promise<HttpAnswer>
}

/** The key that an encoded path names; null for one with a broken escape, which names nothing. */
const keyOf = (path: string): string | null => {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

const notFound = (path: string): HttpAnswer =>
  problem(404, 'unknown-route', 'Not found', `There is no ${path}. The console is at /, and GET /openapi.json lists the API.`)

/** The template's distribution: each path goes to the origin of the first behaviour that fits it. */
export const openDistribution = ({ deployed, objects, api }: DistributionOptions) => {
  const { behaviors, root } = readBehaviors(deployed)

  const fromBucket = async (ask: HttpAsk, behavior: Behavior, origin: Extract<Origin, { kind: 'bucket' }>): Promise<HttpAnswer> => {
    if (ask.method !== 'GET' && ask.method !== 'HEAD') return notFound(ask.path)
    const key = keyOf([origin.path, ask.path === '/' ? root : ask.path.slice(1)].filter(Boolean).join('/'))
    const found = key === null ? null : await objects.get(origin.bucket, key)
    if (key === null || !found) return notFound(ask.path)
    const etag = `"${found.etag}"`
    const headers = {
      ...behavior.headers,
      etag,
      'cache-control': 'no-cache',
      'content-type': MEDIA[extname(key)] ?? 'application/octet-stream',
    }
    return ask.headers['if-none-match'] === etag ? { status: 304, headers, body: '' } : { status: 200, headers, body: found.body }
  }

  return async (ask: HttpAsk): Promise<HttpAnswer> => {
    const behavior = behaviors.find(({ pattern }) => pattern.test(ask.path))
    if (!behavior || behavior.origin.kind === 'api') return api(ask)
    return fromBucket(ask, behavior, behavior.origin)
  }
}
