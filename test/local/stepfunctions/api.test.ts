import { createServer, request as httpRequest, type Server } from 'node:http'
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { listen } from '../../../local/stepfunctions/endpoint.ts'
import { openStepFunctions, type StepFunctions } from '../../../local/stepfunctions/index.ts'
import { invokeAt } from '../../../local/stepfunctions/lambda-endpoint.ts'

const roleArn = 'arn:aws:iam::000000000000:role/states'
const jsonata = (states: object, startAt = 'A') => JSON.stringify({ QueryLanguage: 'JSONata', StartAt: startAt, States: states })
const passing = jsonata({ A: { Type: 'Pass', End: true } })
const resting = jsonata({ A: { Type: 'Wait', Seconds: 3600, End: true } })
const machineArn = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`

let stepFunctions: StepFunctions
let server: Server
let lambda: Server
let port: number
let client: SFNClient

/* A Lambda API of three functions. */
const startLambda = async (): Promise<number> => {
  lambda = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const event = Buffer.concat(chunks).toString('utf8')
      const name = decodeURIComponent(request.url ?? '').split('/')[3]
      if (name === 'echo') return response.end(event)
      if (name === 'broken') {
        response.setHeader('x-amz-function-error', 'Unhandled')
        return response.end('{"errorType":"TypeError","errorMessage":"no"}')
      }
      response.statusCode = 404
      response.setHeader('x-amzn-errortype', 'ResourceNotFoundException')
      return response.end('{"Message":"Function not found"}')
    })
  })
  await new Promise<void>(resolve => lambda.listen(0, '127.0.0.1', resolve))
  const address = lambda.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

beforeAll(async () => {
  const lambdaPort = await startLambda()
  stepFunctions = openStepFunctions({
    file: ':memory:',
    now: () => Date.now(),
    timer: (delayMs, wake) => {
      const timeout = setTimeout(wake, delayMs)
      return { cancel: () => clearTimeout(timeout) }
    },
    invoke: invokeAt(`http://127.0.0.1:${lambdaPort}`),
  })
  ;({ server, port } = await listen(stepFunctions, 0))
  client = new SFNClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  })
})
afterAll(() => {
  client.destroy()
  stepFunctions.close()
  for (const one of [server, lambda]) {
    one.close()
    one.closeAllConnections()
  }
})

const create = async (name: string, definition: string) => {
  const { stateMachineArn } = await client.send(new CreateStateMachineCommand({ name, definition, roleArn }))
  return stateMachineArn ?? ''
}
const ended = async (executionArn: string | undefined) => {
  for (;;) {
    const described = await client.send(new DescribeExecutionCommand({ executionArn }))
    if (described.status !== 'RUNNING') return described
    await stepFunctions.idle()
    await new Promise(resolve => setImmediate(resolve))
  }
}
const refusal = (sent: Promise<unknown>) =>
  sent.then(
    () => 'accepted',
    (error: Error) => `${error.name}: ${error.message}`,
  )

describe('state machines', () => {
  test('are created once; creating the same again answers the same, another of that name is refused', async () => {
    const first = await client.send(new CreateStateMachineCommand({ name: 'once', definition: passing, roleArn }))
    const again = await client.send(new CreateStateMachineCommand({ name: 'once', definition: passing, roleArn }))
    expect(again.creationDate).toEqual(first.creationDate)
    expect(await refusal(client.send(new CreateStateMachineCommand({ name: 'once', definition: resting, roleArn })))).toBe(
      `StateMachineAlreadyExists: State Machine Already Exists: '${machineArn('once')}'`,
    )
  })

  test('are described, updated and deleted; deleting twice is no error', async () => {
    const arn = await create('changing', passing)
    const { revisionId } = await client.send(new UpdateStateMachineCommand({ stateMachineArn: arn, definition: resting }))
    const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn: arn }))
    expect(described).toMatchObject({ name: 'changing', status: 'ACTIVE', type: 'STANDARD', definition: resting, roleArn, revisionId })
    expect(described.loggingConfiguration).toEqual({ level: 'OFF', includeExecutionData: false })
    await client.send(new DeleteStateMachineCommand({ stateMachineArn: arn }))
    await client.send(new DeleteStateMachineCommand({ stateMachineArn: arn }))
    expect(await refusal(client.send(new DescribeStateMachineCommand({ stateMachineArn: arn })))).toBe(
      `StateMachineDoesNotExist: State Machine Does Not Exist: '${arn}'`,
    )
  })

  test('an execution goes on with the definition it was started with', async () => {
    const arn = await create('outlived', resting)
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: arn }))
    await client.send(new UpdateStateMachineCommand({ stateMachineArn: arn, definition: passing }))
    const used = await client.send(new DescribeStateMachineForExecutionCommand({ executionArn }))
    expect(used.definition).toBe(resting)
    await client.send(new DeleteStateMachineCommand({ stateMachineArn: arn }))
    expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ status: 'RUNNING' })
    await client.send(new StopExecutionCommand({ executionArn }))
  })

  test('are listed page by page', async () => {
    for (const name of ['list-a', 'list-b', 'list-c']) await create(name, passing)
    const names: (string | undefined)[] = []
    let nextToken: string | undefined
    do {
      const page = await client.send(new ListStateMachinesCommand({ maxResults: 2, nextToken }))
      expect(page.stateMachines?.length).toBeLessThanOrEqual(2)
      names.push(...(page.stateMachines ?? []).map(({ name }) => name))
      nextToken = page.nextToken
    } while (nextToken !== undefined)
    expect(names).toEqual([...new Set(names)])
    expect(names).toEqual(expect.arrayContaining(['list-a', 'list-b', 'list-c']))
  })

  test('have no tags', async () => {
    expect(await client.send(new ListTagsForResourceCommand({ resourceArn: machineArn('once') }))).toMatchObject({ tags: [] })
  })

  test('a definition is validated without being created', async () => {
    const ok = await client.send(new ValidateStateMachineDefinitionCommand({ definition: passing }))
    expect(ok).toMatchObject({ result: 'OK', diagnostics: [], truncated: false })
    const bad = await client.send(new ValidateStateMachineDefinitionCommand({ definition: '{}' }))
    expect(bad).toMatchObject({
      result: 'FAIL',
      diagnostics: [
        { severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', location: '/', message: 'These fields are required: [States, StartAt]' },
      ],
    })
  })
})

describe('executions', () => {
  test('the same start while it runs is the same execution; anything else under its name is refused', async () => {
    const stateMachineArn = await create('named', resting)
    const start = (input: string) => client.send(new StartExecutionCommand({ stateMachineArn, name: 'one', input }))
    const [first, again] = await Promise.all([start('{"a":1}'), start('{"a":1}')])
    expect(again.executionArn).toBe('arn:aws:states:us-east-1:000000000000:execution:named:one')
    expect(again.startDate).toEqual(first.startDate)
    const exists = `ExecutionAlreadyExists: Execution Already Exists: '${first.executionArn}'`
    expect(await refusal(start('{"a":2}'))).toBe(exists)
    await client.send(new StopExecutionCommand({ executionArn: first.executionArn }))
    expect(await refusal(start('{"a":1}'))).toBe(exists)
  })

  test('stopping aborts, with error and cause; stopping again changes nothing', async () => {
    const stateMachineArn = await create('stopped', resting)
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }))
    await stepFunctions.idle()
    const { stopDate } = await client.send(new StopExecutionCommand({ executionArn, error: 'Halt', cause: 'enough' }))
    const again = await client.send(new StopExecutionCommand({ executionArn, error: 'Other' }))
    expect(again.stopDate).toEqual(stopDate)
    expect(await ended(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Halt', cause: 'enough', redriveStatus: 'REDRIVABLE' })
    const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn }))
    expect(events?.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`)).toEqual([
      '1<0 ExecutionStarted',
      '2<0 WaitStateEntered',
      '3<0 ExecutionAborted',
    ])
    expect(events?.at(-1)?.executionAbortedEventDetails).toEqual({ error: 'Halt', cause: 'enough' })
  })

  test('are listed newest first, by status, page by page', async () => {
    const stateMachineArn = await create('many', passing)
    for (const name of ['1', '2', '3']) {
      const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, name }))
      await ended(executionArn)
    }
    const first = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2 }))
    const second = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2, nextToken: first.nextToken }))
    expect([...(first.executions ?? []), ...(second.executions ?? [])].map(({ name }) => name)).toEqual(['3', '2', '1'])
    expect(second.nextToken).toBeUndefined()
    const running = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }))
    expect(running.executions).toEqual([])
  })

  test('show what came in and out, and their history forwards, backwards and in pages', async () => {
    const stateMachineArn = await create('shown', jsonata({ A: { Type: 'Pass', Output: { b: '{% $states.input.a %}' }, End: true } }))
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{"a": 1.0}' }))
    expect(await ended(executionArn)).toMatchObject({
      input: '{"a": 1.0}',
      inputDetails: { included: true },
      output: '{"b":1}',
      outputDetails: { included: true },
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    })
    const all = await client.send(new GetExecutionHistoryCommand({ executionArn }))
    const back = await client.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }))
    expect(back.events).toEqual([...(all.events ?? [])].reverse())
    expect(all.events?.[0]?.executionStartedEventDetails).toEqual({ input: '{"a": 1.0}', inputDetails: { truncated: false }, roleArn })
    expect(all.events?.[0]?.timestamp).toBeInstanceOf(Date)
    const page = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 3, reverseOrder: true }))
    const rest = await client.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 3, reverseOrder: true, nextToken: page.nextToken }),
    )
    expect([...(page.events ?? []), ...(rest.events ?? [])]).toEqual(back.events)
    const bare = await client.send(new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false }))
    expect(bare.events?.[2]?.stateExitedEventDetails).toEqual({ name: 'A', outputDetails: { truncated: false } })
  })

  test.each([
    ['echo', 'SUCCEEDED', undefined, undefined],
    ['broken', 'FAILED', 'TypeError', '{"errorType":"TypeError","errorMessage":"no"}'],
    ['missing', 'FAILED', 'Lambda.ResourceNotFoundException', '{"Message":"Function not found"}'],
  ])('call functions at the Lambda endpoint: %s', async (FunctionName, status, error, cause) => {
    const invoke = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName, Payload: '{% $states.input %}' } }
    const stateMachineArn = await create(
      `calls-${FunctionName}`,
      jsonata({ A: { ...invoke, Output: '{% $states.result.Payload %}', End: true } }),
    )
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{"n":[1]}' }))
    const described = await ended(executionArn)
    expect(described).toMatchObject({ status, ...(error === undefined ? { output: '{"n":[1]}' } : { error, cause }) })
  })
})

describe('what is wrong is refused in the words of the service', () => {
  const execution = 'arn:aws:states:us-east-1:000000000000:execution:none:none'
  test.each([
    ['no such machine', () => new StartExecutionCommand({ stateMachineArn: machineArn('none') }), 'StateMachineDoesNotExist'],
    ['no such execution', () => new DescribeExecutionCommand({ executionArn: execution }), 'ExecutionDoesNotExist'],
    ['an ARN that is none', () => new GetExecutionHistoryCommand({ executionArn: 'nonsense' }), 'InvalidArn'],
    ['a name with a space', () => new CreateStateMachineCommand({ name: 'a b', definition: passing, roleArn }), 'InvalidName'],
    ['a definition that is none', () => new CreateStateMachineCommand({ name: 'x', definition: '{}', roleArn }), 'InvalidDefinition'],
    ['a page that is too large', () => new ListStateMachinesCommand({ maxResults: 1001 }), 'ValidationException'],
    ['a page token that is none', () => new ListStateMachinesCommand({ nextToken: 'abc' }), 'InvalidToken'],
    ['a task token that is none', () => new SendTaskSuccessCommand({ taskToken: 'abc', output: '1' }), 'InvalidToken'],
  ])('%s', async (_, command, name) => {
    const sent: Promise<unknown> = client.send(Object(command()))
    expect(await refusal(sent)).toMatch(new RegExp(`^${name}: `))
  })

  test.each(['not json', '', "{'a':1}", `"${'x'.repeat(262_143)}"`])('an input that is no JSON, or too large', async input => {
    const stateMachineArn = await create('inputs', passing)
    expect(await refusal(client.send(new StartExecutionCommand({ stateMachineArn, input })))).toMatch(
      /^(InvalidExecutionInput|ValidationException): /,
    )
  })
})

describe('the endpoint', () => {
  const post = (headers: Record<string, string>, body: string): Promise<{ status: number; type: string }> =>
    new Promise((resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, method: 'POST', headers }, response => {
        const chunks: Buffer[] = []
        response.on('data', chunk => chunks.push(chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, type: JSON.parse(Buffer.concat(chunks).toString('utf8')).__type }),
        )
      })
      sent.on('error', reject)
      sent.end(body)
    })

  test.each([
    ['an operation that it does not have', { 'x-amz-target': 'AWSStepFunctions.CreateActivity' }, '{}', 400, 'UnknownOperationException'],
    ['no operation at all', {}, '{}', 400, 'UnknownOperationException'],
    ['a body that is no JSON', { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' }, '{', 400, 'SerializationException'],
    ['a body that is no object', { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' }, '[]', 400, 'SerializationException'],
    [
      'a body larger than any',
      { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' },
      ' '.repeat(4_200_000),
      413,
      'RequestEntityTooLargeException',
    ],
    [
      'a name of another host',
      { host: 'evil.example', 'x-amz-target': 'AWSStepFunctions.ListStateMachines' },
      '{}',
      403,
      'AccessDeniedException',
    ],
  ])('refuses %s', async (_, headers, body, status, type) => {
    expect(await post({ ...headers }, body)).toEqual({ status, type })
  })
})
