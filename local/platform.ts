import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onlyPresigned, openAwsEndpoint, type Service } from './aws-endpoint.ts'
import { deployBuckets, deployStateMachines, deployTables, functionsOf, runSchedules } from './deploy.ts'
import { openDynamoDb } from './dynamodb/index.ts'
import { type EventBuses, openEventBuses } from './events/event-bus.ts'
import { openAuthorizer } from './gateway/authorize.ts'
import { openDistribution } from './gateway/distribution.ts'
import { type HttpAsk, openHttpApi } from './gateway/http-api.ts'
import { type Listener, listen } from './gateway/listen.ts'
import { type HttpAnswer, problem } from './gateway/problem.ts'
import { readRoutes } from './gateway/routes.ts'
import { type Issuer, openIssuer, type Person } from './issuer/issuer.ts'
import { openKms } from './kms/kms.ts'
import { followTables } from './lambda/event-sources.ts'
import { FunctionError, openLambdaHost } from './lambda/lambda-host.ts'
import { isRunning, startOf } from './running-process.ts'
import { openObjectStore } from './s3/object-store.ts'
import { openS3 } from './s3/s3-api.ts'
import { openStepFunctions } from './stepfunctions/index.ts'
import { ACCOUNT, type Deployed, REGION, readTemplate } from './template/template.ts'

export type PlatformOptions = {
  /** The cloud assembly that `infra/` synthesized. */
  readonly assembly: string
  readonly stack: string
  /** Where everything that must outlive the process is kept. */
  readonly data: string
  /** 0: any free one. */
  readonly port: number
  readonly people: readonly Person[]
  readonly now: () => number
  readonly log: (line: string) => void
}

export type Platform = {
  readonly url: string
  readonly issuer: Issuer
  /** What was put on the event buses, oldest first; it is kept in events.jsonl of the data directory. */
  readonly events: EventBuses['events']
  readonly close: () => Promise<void>
}

const AUDIENCE = 'supersede'
/** HTTP API's own limit. */
const BODY_BYTES_MAX = 10 * 1024 * 1024
/** An object of the storage: the largest module, and room for its envelope. */
const OBJECT_BYTES_MAX = 80 * 1024 * 1024
const TIMER_MS_MAX = 2 ** 31 - 1

/** A process that was just killed may take a moment to be gone. */
const LOCK_MS_MAX = 3_000

const holderOf = (file: string): number | null => {
  const [pid = '', start = ''] = existsSync(file) ? readFileSync(file, 'utf8').split(' ') : []
  const holder = Number(pid)
  return holder > 0 && holder !== process.pid && isRunning(holder) && startOf(holder) === start ? holder : null
}

/** One process a data directory: two would answer for the same tables. A number that another process has by now holds nothing. */
const lock = async (data: string): Promise<() => void> => {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const file = join(data, 'lock')
  const patience = performance.now() + LOCK_MS_MAX
  for (let holder = holderOf(file); holder !== null; holder = holderOf(file)) {
    if (performance.now() > patience)
      throw new Error(`the data directory is in use by process ${holder}; stop it, or choose another with --data`)
    await sleep(50)
  }
  writeFileSync(file, `${process.pid} ${startOf(process.pid)}`)
  return () => rmSync(file, { force: true })
}

/** A wake-up at any distance; Node's own timers overflow after 24 days. */
const timer = (delayMs: number, wake: () => void): { cancel: () => void } => {
  let pending = setTimeout(
    function again(left: number) {
      if (left <= 0) wake()
      else pending = setTimeout(again, Math.min(left, TIMER_MS_MAX), left - TIMER_MS_MAX)
    },
    Math.min(Math.max(0, delayMs), TIMER_MS_MAX),
    delayMs - TIMER_MS_MAX,
  )
  return { cancel: () => clearTimeout(pending) }
}

type Invocation = { readonly resource: string; readonly arguments: unknown; readonly timeoutMs: number }

/** Step Functions' `lambda:invoke`, and a plain function's ARN. */
const invokeTask =
  (invoke: (name: string, event: unknown) => Promise<unknown>) =>
  async ({ resource, arguments: given }: Invocation): Promise<unknown> => {
    const { FunctionName, Payload } = (typeof given === 'object' && given !== null ? given : {}) as {
      FunctionName?: unknown
      Payload?: unknown
    }
    const plain = resource.includes(':function:')
    const name =
      String(plain ? resource : FunctionName)
        .split(':function:')
        .at(-1)
        ?.split(':')[0] ?? ''
    try {
      return await invoke(name, plain ? given : Payload)
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error
      throw Object.assign(new Error(error.message), {
        name: error.errorType,
        cause: JSON.stringify({ errorType: error.errorType, errorMessage: error.message }),
      })
    }
  }

type Front = { readonly listener: Listener; serve: (ask: HttpAsk) => Promise<HttpAnswer> }

const starting = async (): Promise<HttpAnswer> =>
  problem(503, 'starting', 'Starting', 'Supersede is starting; ask again in a second.', { 'retry-after': '1' })

/** Takes the port before anything else starts, and answers that it is starting until `serve` is set. */
const openFront = async (port: number, bodyBytesMax: number, log: (line: string) => void): Promise<Front> => {
  const current: Pick<Front, 'serve'> = { serve: starting }
  const listener = await listen({ port, bodyBytesMax, log, answer: ask => current.serve(ask) })
  return Object.assign(current, { listener })
}

const functionEnvironment = (
  endpoint: string,
  credentials: { accessKeyId: string; secretAccessKey: string },
): Readonly<Record<string, string>> => ({
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  ...Object.fromEntries(['DYNAMODB', 'SFN', 'S3', 'KMS', 'EVENTBRIDGE'].map(service => [`AWS_ENDPOINT_URL_${service}`, endpoint])),
  TZ: 'UTC',
})

const keysOf = (deployed: Deployed, spec: string): readonly string[] =>
  deployed
    .ofType('AWS::KMS::Key')
    .filter(({ properties }) => properties['KeySpec'] === spec)
    .map(({ logicalId }) => deployed.physicalId(logicalId))

/** Runs a synthesized stack on this machine. Everything it does is read from the template; nothing here knows what the functions do. */
export const openPlatform = async ({ assembly, stack, data, port, people, now, log }: PlatformOptions): Promise<Platform> => {
  const unlock = await lock(data)
  const closing: (() => void | Promise<void>)[] = [unlock]
  const close = async (): Promise<void> => {
    for (const end of closing.toReversed()) await end()
  }
  try {
    const front = await openFront(port, BODY_BYTES_MAX, log)
    const back = await openFront(0, OBJECT_BYTES_MAX, log)
    closing.push(front.listener.close, back.listener.close)
    const authority = `127.0.0.1:${front.listener.port}`
    const url = `http://${authority}`
    const deployed = readTemplate({
      assembly,
      stack,
      authority,
      parameters: { IssuerUrl: `${url}/issuer`, Audience: AUDIENCE, PublicUrl: url, LoopbackReceivers: 'yes' },
    })

    const credentials = {
      accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64url'),
    }
    const endpoint = `http://127.0.0.1:${back.listener.port}`
    const inside: Pick<Front, 'serve'> = { serve: starting }
    const lambda = openLambdaHost(
      functionsOf(deployed, functionEnvironment(endpoint, credentials)),
      (name, line) => log(`${name}: ${line}`),
      { endpoint, answer: ask => inside.serve(ask) },
      now,
    )
    const resting = setInterval(lambda.endIdle, 30_000)
    resting.unref()
    closing.push(() => clearInterval(resting))
    const dynamodb = openDynamoDb({ file: join(data, 'dynamodb.sqlite'), now, region: REGION, account: ACCOUNT })
    const stepfunctions = openStepFunctions({
      file: join(data, 'stepfunctions.sqlite'),
      now,
      timer,
      invoke: invokeTask(lambda.invoke),
      region: REGION,
      account: ACCOUNT,
    })
    // The machine stops before the functions do: what it hears of a function that was ended would else be recorded as that function's failure.
    closing.push(dynamodb.close, lambda.close, stepfunctions.close)
    const objects = openObjectStore(join(data, 'objects'))
    const kms = openKms(join(data, 'keys'), { signing: keysOf(deployed, 'ECC_NIST_EDWARDS25519'), mac: keysOf(deployed, 'HMAC_256') })
    const buses = openEventBuses({
      file: join(data, 'events.jsonl'),
      names: deployed.ofType('AWS::Events::EventBus').map(({ logicalId }) => deployed.physicalId(logicalId)),
      now,
      region: REGION,
      account: ACCOUNT,
    })
    const tables = followTables(deployed, dynamodb.handle, lambda.invoke, log)
    closing.push(tables.close)
    const services: Readonly<Record<string, Service>> = {
      DynamoDB_20120810: tables.handle,
      AWSStepFunctions: stepfunctions.handle,
      TrentService: kms.handle,
      AWSEvents: buses.handle,
    }
    const s3 = openS3({ objects, credentials, now })
    inside.serve = openAwsEndpoint({ services, s3, credentials })
    back.serve = onlyPresigned(s3)

    await deployTables(deployed, dynamodb.handle)
    await deployStateMachines(deployed, stepfunctions.handle, name => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`)
    await deployBuckets(deployed, objects)

    const issuer = openIssuer({ directory: data, url: `${url}/issuer`, audience: AUDIENCE, people, now })
    const authorize = openAuthorizer({ jwks: asked => (asked === `${url}/issuer` ? issuer.jwks : undefined), lambda, now })
    const api = openHttpApi({ routes: readRoutes(deployed), lambda, authorize, now, log })
    const distribution = openDistribution({ deployed, objects, api })
    front.serve = ask => (ask.path.startsWith('/issuer/') ? issuer.answer(ask) : distribution(ask))

    await stepfunctions.resume()
    closing.push(runSchedules(deployed, lambda.invoke, log))
    return { url, issuer, events: buses.events, close }
  } catch (error) {
    await close()
    throw error
  }
}
