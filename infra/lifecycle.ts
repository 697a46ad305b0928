import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import {
  Chain,
  Choice,
  Condition,
  DefinitionBody,
  type IChainable,
  IntegrationPattern,
  LogLevel,
  QueryLanguage,
  StateMachine,
  Succeed,
  TaskInput,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions'
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks'
import { Construct } from 'constructs'
import type { LifecycleTask } from '../shared/operations/index.ts'

export type LifecycleProps = { readonly tasks: Readonly<Record<LifecycleTask, IFunction>> }

/** JSONata expressions of the definition, each by its meaning. */
const CHANGE = '{% $change %}'
const WAVE = '{% $wave %}'
const TOKEN = '{% $states.context.Task.Token %}'
const RESULT = '{% $states.result.Payload %}'
/** Of the task that read the ledger, never of an answer to a wait. */
const LEFT_TO_SOAK = '{% $exists($states.result.Payload.soakSeconds) ? $states.result.Payload.soakSeconds : $soakSeconds %}'
const input = (name: string) => `{% $states.input.${name} %}`
const isNext = (next: string) => Condition.jsonata(`{% $states.input.next = '${next}' %}`)

/**
 * The lifecycle of one change. Its payload is ids and small numbers, so a wave costs the same number of transitions whatever the number of
 * hosts; everything else is in the ledger, which each task reads anew.
 *
 * Validate → Admissible? → AwaitApprovals → OpenWave → AwaitWave → Soak → JudgeWave → … → RecordLineage; whatever fails unexpectedly ends in
 * Halt, and from there only a person's decision leads on.
 */
export class Lifecycle extends Construct {
  readonly machine: StateMachine

  constructor(scope: Construct, id: string, { tasks }: LifecycleProps) {
    super(scope, id)

    const run = (name: string, task: LifecycleTask, payload: Record<string, string> = {}) =>
      LambdaInvoke.jsonata(this, name, {
        lambdaFunction: tasks[task],
        payload: TaskInput.fromObject({ change: CHANGE, ...payload }),
        outputs: RESULT,
      })
    const wait = (name: string, task: LifecycleTask, payload: Record<string, string> = {}, timeout?: Timeout) =>
      LambdaInvoke.jsonata(this, name, {
        lambdaFunction: tasks[task],
        integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
        payload: TaskInput.fromObject({ change: CHANGE, token: TOKEN, ...payload }),
        ...(timeout ? { taskTimeout: timeout } : {}),
      })

    const validate = LambdaInvoke.jsonata(this, 'Validate', {
      lambdaFunction: tasks.validate,
      payload: TaskInput.fromObject({ change: input('change') }),
      assign: { change: input('change') },
      outputs: RESULT,
    })
    const awaitApprovals = wait('AwaitApprovals', 'await-approvals', {}, Timeout.jsonata(input('approvalSecondsMax')))
    const expireApprovals = run('ExpireApprovals', 'expire-approvals')
    const openWave = LambdaInvoke.jsonata(this, 'OpenWave', {
      lambdaFunction: tasks['open-wave'],
      payload: TaskInput.fromObject({ change: CHANGE }),
      assign: {
        wave: '{% $states.result.Payload.wave %}',
        soakSeconds: '{% $states.result.Payload.soakSeconds %}',
      },
      outputs: RESULT,
    })
    const awaitWindow = Wait.jsonata(this, 'AwaitWindow', { time: WaitTime.seconds('{% $states.input.waitSeconds %}') })
    const awaitWave = wait('AwaitWave', 'await-wave', { wave: WAVE }, Timeout.jsonata(input('waveSecondsMax')))
    const soak = Wait.jsonata(this, 'Soak', { time: WaitTime.seconds('{% $soakSeconds %}') })
    const judgeWave = LambdaInvoke.jsonata(this, 'JudgeWave', {
      lambdaFunction: tasks['judge-wave'],
      payload: TaskInput.fromObject({ change: CHANGE, wave: WAVE }),
      assign: { soakSeconds: LEFT_TO_SOAK },
      outputs: RESULT,
    })
    const halt = run('Halt', 'halt', { error: '{% $string($error.Error) %}', cause: '{% $string($error.Cause) %}' })
    const awaitDecision = wait('AwaitDecision', 'await-decision')
    const recordLineage = run('RecordLineage', 'record-lineage')
    const completed = new Succeed(this, 'Completed')
    const ended = new Succeed(this, 'Ended')

    const next = (id: string, otherwise: IChainable, ...ways: (readonly [Condition, IChainable])[]) => {
      const choice = new Choice(this, id, { queryLanguage: QueryLanguage.JSONATA })
      for (const [condition, target] of ways) choice.when(condition, target)
      return choice.otherwise(otherwise)
    }

    for (const task of [validate, openWave, awaitWave, judgeWave, recordLineage, awaitApprovals, expireApprovals]) {
      if (task === awaitApprovals) task.addCatch(expireApprovals, { errors: ['States.Timeout'] })
      if (task === awaitWave) task.addCatch(judgeWave, { errors: ['States.Timeout'] })
      task.addCatch(halt, { errors: ['States.ALL'], assign: { error: '{% $states.errorOutput %}' } })
    }

    // Tasks may run twice, so a fault that passes (a throttled table, a lost connection) is not worth a halt.
    for (const task of [validate, openWave, awaitWave, judgeWave, recordLineage, awaitApprovals, expireApprovals])
      task.addRetry({ errors: ['States.TaskFailed'], interval: Duration.seconds(2), maxAttempts: 3, backoffRate: 2 })
    // Nothing catches these two: while the store is away they are what keeps the change from being lost.
    for (const task of [halt, awaitDecision])
      task.addRetry({
        errors: ['States.ALL'],
        interval: Duration.seconds(5),
        maxAttempts: 100,
        backoffRate: 2,
        maxDelay: Duration.minutes(5),
      })

    const isTrue = (name: string) => Condition.jsonata(`{% $states.input.${name} = true %}`)
    validate.next(next('Admissible?', ended, [isTrue('admissible'), awaitApprovals]))
    // What a wait is answered with is believed of nobody, a task token may be stolen: the next task reads the ledger. A revision gives people their
    // whole time again: then it is waited on. The last approval may land between the timeout and its task: then the change goes on.
    expireApprovals.next(next('Released?', ended, [isTrue('released'), openWave], [isTrue('again'), awaitApprovals]))
    awaitApprovals.next(next('ToldReleased?', expireApprovals, [isTrue('released'), openWave]))
    openWave.next(
      next(
        'WaveOpen?',
        ended,
        [isNext('await'), awaitWave],
        [isNext('later'), awaitWindow],
        [isNext('unreleased'), expireApprovals],
        [isNext('halted'), awaitDecision],
      ),
    )
    awaitWindow.next(openWave)
    awaitWave.next(next('Filled?', judgeWave, [isTrue('filled'), soak]))
    soak.next(judgeWave)
    // Whatever led here, an answer of a wait or a forged failure: where the gate is not due, the task says for how long to wait or soak yet.
    judgeWave.next(
      next(
        'MoreWaves?',
        ended,
        [isNext('wave'), openWave],
        [isNext('complete'), recordLineage],
        [isNext('halted'), awaitDecision],
        [isNext('await'), awaitWave],
        [isNext('soak'), soak],
      ),
    )
    halt.next(next('Halted?', ended, [isNext('halted'), awaitDecision]))
    awaitDecision.next(openWave)
    recordLineage.next(completed)

    this.machine = new StateMachine(this, 'Machine', {
      comment: 'Supersede: the lifecycle of one change',
      queryLanguage: QueryLanguage.JSONATA,
      definitionBody: DefinitionBody.fromChainable(Chain.start(validate)),
      timeout: Duration.days(90),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Log', { retention: RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    })
  }
}
