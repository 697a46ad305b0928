// The inside of one local Lambda environment: a worker thread that loads a bundle and answers one event at a time.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { keepPrinted } from './printed.ts'
import { fetchOverWire } from './service-wire.ts'

type Handler = (event: unknown, context: object) => unknown
type Asked = { readonly id: number; readonly event: string; readonly requestId: string; readonly deadline: number }

const {
  directory,
  handler: path,
  functionName,
  memorySize,
  services,
} = workerData as {
  readonly directory: string
  readonly handler: string
  readonly functionName: string
  readonly memorySize: number
  readonly services: { readonly port: MessagePort; readonly endpoint: string } | null
}
const { take } = keepPrinted(printed => parentPort?.postMessage({ printed }))
if (services) globalThis.fetch = fetchOverWire(services.port, services.endpoint, globalThis.fetch)
const [file = '', exported = ''] = path.split('.')
const failed = (error: unknown) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: 'Error', errorMessage: String(error), trace: [] }

const loaded: Promise<Handler> = import(pathToFileURL(join(directory, `${file}.mjs`)).href).then(module => {
  const found: unknown = module[exported]
  if (typeof found !== 'function') throw new Error(`${path} is not exported by the bundle of ${functionName}`)
  return found as Handler
})
loaded.catch(() => undefined)

parentPort?.on('message', async ({ id, event, requestId, deadline }: Asked) => {
  const context = {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: String(memorySize),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  }
  try {
    const handler = await loaded
    const result = await handler(JSON.parse(event), context)
    const answer = JSON.stringify(result ?? null)
    parentPort?.postMessage({ id, result: answer, printed: take() })
  } catch (error) {
    parentPort?.postMessage({ id, error: failed(error), printed: take() })
  }
})
