import { randomUUID } from 'node:crypto'
import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { LambdaHost } from '../lambda/lambda-host.ts'
import type { openAuthorizer } from './authorize.ts'
import { type HttpAnswer, problem } from './problem.ts'
import { matchRoute, type Route } from './routes.ts'

export type HttpAsk = {
  readonly method: string
  /** Path without the query, still encoded. */
  readonly path: string
  readonly query: string
  /** Lower-case names, values of one name joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly sourceIp: string
}

export type HttpApiOptions = {
  readonly routes: readonly Route[]
  readonly lambda: LambdaHost
  readonly authorize: ReturnType<typeof openAuthorizer>
  readonly now: () => number
  readonly log: (line: string) => void
}

const TEXT = /^(text\/|application\/(json|xml|javascript|problem\+json|jose))/

/** The event of payload format 2.0. */
const eventOf = (ask: HttpAsk, routeKey: string, pathParameters: Readonly<Record<string, string>>, now: number) => {
  const isText = ask.body.length === 0 || TEXT.test(ask.headers['content-type'] ?? 'application/json')
  const query = new URLSearchParams(ask.query)
  const names = [...new Set(query.keys())]
  return {
    version: '2.0',
    routeKey,
    rawPath: ask.path,
    rawQueryString: ask.query,
    headers: ask.headers,
    ...(names.length > 0 ? { queryStringParameters: Object.fromEntries(names.map(name => [name, query.getAll(name).join(',')])) } : {}),
    ...(Object.keys(pathParameters).length > 0 ? { pathParameters } : {}),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: ask.headers['host'] ?? '127.0.0.1',
      domainPrefix: 'local',
      http: {
        method: ask.method,
        path: ask.path,
        protocol: 'HTTP/1.1',
        sourceIp: ask.sourceIp,
        userAgent: ask.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: new Date(now).toISOString(),
      timeEpoch: now,
    },
    ...(ask.body.length > 0 ? { body: isText ? ask.body.toString('utf8') : ask.body.toString('base64') } : {}),
    isBase64Encoded: !isText,
  }
}

type Returned = {
  readonly statusCode?: unknown
  readonly headers?: Record<string, unknown>
  readonly body?: unknown
  readonly isBase64Encoded?: unknown
  readonly cookies?: unknown
}

/** What a function returned, as the service turns it into a response: without a statusCode the whole value is a JSON body. */
const answerOf = (returned: unknown): HttpAnswer => {
  if (typeof returned !== 'object' || returned === null || !('statusCode' in returned))
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: typeof returned === 'string' ? returned : JSON.stringify(returned),
    }
  const { statusCode, headers = {}, body = '', isBase64Encoded, cookies } = returned as Returned
  const status = Number(statusCode)
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new Error(`the function returned the statusCode ${String(statusCode)}`)
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name)
    validateHeaderValue(name, String(value))
  }
  return {
    status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
    body: isBase64Encoded === true ? Buffer.from(String(body), 'base64') : String(body),
    ...(Array.isArray(cookies) ? { cookies: cookies.map(String) } : {}),
  }
}

/** The HTTP API of a template: route, authorizer, function, answer. */
export const openHttpApi =
  ({ routes, lambda, authorize, now, log }: HttpApiOptions) =>
  async (ask: HttpAsk): Promise<HttpAnswer> => {
    const match = matchRoute(routes, ask.method, ask.path)
    if (!match.route) {
      if (match.methods.length === 0)
        return problem(404, 'unknown-route', 'No such route', `There is no ${ask.path}. GET /openapi.json lists what there is.`)
      const allow = match.methods.join(', ')
      return problem(405, 'method-not-allowed', 'Method not allowed', `${ask.path} takes ${allow}, not ${ask.method}.`, { allow })
    }
    const event = eventOf(ask, match.route.routeKey, match.pathParameters, now())
    const authorized = await authorize(match.route.authorization, ask.headers, event)
    if (!authorized.ok) return authorized.answer
    const requestContext = {
      ...event.requestContext,
      ...(match.route.authorization.kind === 'none' ? {} : { authorizer: authorized.context }),
    }
    try {
      return answerOf(await lambda.invoke(match.route.functionName, { ...event, requestContext }))
    } catch (error) {
      log(`${match.route.routeKey} failed: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`)
      return problem(
        500,
        'internal',
        'Internal server error',
        `The request ${event.requestContext.requestId} failed in the service. Nothing you sent was wrong; try again, and look at the log if it stays so.`,
      )
    }
  }
