/** `npm run local:stepfunctions -- --port N`: Step Functions as a plain endpoint. */
import { parseArgs } from 'node:util'
import { listen } from './endpoint.ts'
import { openStepFunctions } from './index.ts'
import { invokeAt, invokeNowhere } from './lambda-endpoint.ts'

const usage = `Usage: npm run local:stepfunctions -- [--port N] [--data FILE] [--lambda-endpoint URL]

Step Functions on this machine: JSONata state machines, over the AWS JSON protocol, on 127.0.0.1.

  --port N               port to listen on (default 8083; 0 picks a free one)
  --data FILE            SQLite file that keeps everything (default: in memory, gone at the end);
                         FILE.key beside it holds the key of the task tokens
  --lambda-endpoint URL  where tasks call functions (POST /2015-03-31/functions/NAME/invocations);
                         without it every task fails with Lambda.ServiceException
  --help                 this text
`

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

const optionsOf = () => {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8083' },
        data: { type: 'string', default: ':memory:' },
        'lambda-endpoint': { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    return values
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}

const main = async () => {
  const options = optionsOf()
  if (options.help) return void process.stdout.write(usage)
  const port = Number(options.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return fail(`--port must be a number from 0 to 65535, not ${options.port}`)
  const endpoint = options['lambda-endpoint']
  if (endpoint !== undefined && !URL.canParse(endpoint)) return fail(`--lambda-endpoint must be a URL, not ${endpoint}`)
  const stepFunctions = openStepFunctions({
    file: options.data,
    now: () => Date.now(),
    timer: (delayMs, wake) => {
      const timeout = setTimeout(wake, delayMs)
      return { cancel: () => clearTimeout(timeout) }
    },
    invoke: endpoint === undefined ? invokeNowhere : invokeAt(endpoint),
  })
  const listening = await listen(stepFunctions, port).catch((error: unknown) => {
    stepFunctions.close()
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    return fail(taken ? `Port ${port} is taken; give another one with --port.` : String(error))
  })
  await stepFunctions.resume()
  process.stdout.write(`Step Functions listens on http://127.0.0.1:${listening.port}\n`)
  const stop = () => {
    listening.server.close()
    listening.server.closeAllConnections()
    stepFunctions.close()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

await main()
