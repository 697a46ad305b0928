import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'

const main = fileURLToPath(new URL('../../../local/stepfunctions/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'stepfunctions-kill-'))
const children: ChildProcess[] = []

/* Calls arrive here and are answered when the test says so. */
type Call = { name: string; event: Record<string, unknown>; answer: (result: unknown) => void }
const arrived: Call[] = []
let announce: () => void = () => undefined
const lambda = createServer(async (request, response: ServerResponse) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const name = (request.url ?? '').split('/')[3] ?? ''
  arrived.push({
    name,
    event: JSON.parse(Buffer.concat(chunks).toString('utf8')),
    answer: result => void response.end(JSON.stringify(result)),
  })
  announce()
})
const nextCall = async (): Promise<Call> => {
  for (;;) {
    const call = arrived.shift()
    if (call !== undefined) return call
    await new Promise<void>(resolve => {
      announce = resolve
    })
  }
}

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  lambda.close()
  lambda.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

const start = async (lambdaPort: number) => {
  const args = ['--disable-warning=ExperimentalWarning', main, '--port', '0', '--data', join(folder, 'data.sqlite')]
  const child = spawn(process.execPath, [...args, '--lambda-endpoint', `http://127.0.0.1:${lambdaPort}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [greeting] = await once(createInterface({ input: child.stdout }), 'line')
  const url = String(greeting).split(' ').at(-1) ?? ''
  return {
    ask: async (operation: string, body: object): Promise<Record<string, unknown>> => {
      const headers = { 'x-amz-target': `AWSStepFunctions.${operation}`, 'content-type': 'application/x-amz-json-1.0' }
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
      return Object(await answer.json())
    },
    kill: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

const invoke = (resource: string, payload: object, next: string) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::lambda:${resource}`,
  Arguments: { FunctionName: 'step', Payload: payload },
  Next: next,
})
const definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'One',
  States: {
    One: { ...invoke('invoke', { step: 1, input: '{% $states.input %}' }, 'Two'), Assign: { one: '{% $states.result.Payload %}' } },
    Two: { ...invoke('invoke', { step: 2, one: '{% $one %}' }, 'Approval'), Assign: { two: '{% $states.result.Payload %}' } },
    Approval: invoke('invoke.waitForTaskToken', { token: '{% $states.context.Task.Token %}' }, 'Done'),
    Done: { Type: 'Succeed', Output: ['{% $one %}', '{% $two %}', '{% $states.input %}'] },
  },
}

test('kill -9 while a function runs, while a token waits: the execution goes on, and nothing is lost or doubled', async () => {
  lambda.listen(0, '127.0.0.1')
  await once(lambda, 'listening')
  const address = lambda.address()
  const lambdaPort = typeof address === 'object' && address !== null ? address.port : 0
  const first = await start(lambdaPort)
  const machine = { name: 'killed', roleArn: 'arn:aws:iam::000000000000:role/states', definition: JSON.stringify(definition) }
  const { stateMachineArn } = await first.ask('CreateStateMachine', machine)
  const { executionArn } = await first.ask('StartExecution', { stateMachineArn, name: 'run', input: '{"a":1}' })

  expect((await nextCall()).event).toEqual({ step: 1, input: { a: 1 } })
  await first.kill()
  const second = await start(lambdaPort)
  const repeated = await nextCall()
  expect(repeated.event).toEqual({ step: 1, input: { a: 1 } })
  repeated.answer('one')
  expect((await nextCall()).event).toEqual({ step: 2, one: 'one' })
  await second.kill()
  const third = await start(lambdaPort)
  ;(await nextCall()).answer('two')
  const approval = await nextCall()
  const taskToken = approval.event.token
  await third.kill()
  const fourth = await start(lambdaPort)
  const again = await nextCall()
  expect(again.event.token).toBe(taskToken)
  again.answer('asked')
  await fourth.kill()
  const fifth = await start(lambdaPort)
  expect(await fifth.ask('SendTaskSuccess', { taskToken, output: '"approved"' })).toEqual({})

  const described = await fifth.ask('DescribeExecution', { executionArn })
  expect(described).toMatchObject({ status: 'SUCCEEDED', output: '["one","two","approved"]' })
  const { events } = await fifth.ask('GetExecutionHistory', { executionArn })
  const types = Array.isArray(events) ? events.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`) : []
  /* The answer to the approval's call may have come too late to be recorded. */
  const wanted = ['TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited']
  expect(types.map(type => type.split(' ')[1]).filter(type => type !== 'TaskSubmitted')).toEqual([
    'ExecutionStarted',
    ...wanted,
    ...wanted,
    ...wanted,
    'SucceedStateEntered',
    'SucceedStateExited',
    'ExecutionSucceeded',
  ])
  expect(types.map(type => Number(type.split('<')[0]))).toEqual(types.map((_, index) => index + 1))
  await fifth.kill()
})
