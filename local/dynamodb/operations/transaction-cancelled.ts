import { Fault, fault } from '../fault.ts'

/** Why one action of a transaction could not be done; `None` when it could. */
export type Reason = { readonly Code: string; readonly Message?: string; readonly Item?: unknown }

export const none: Reason = { Code: 'None' }

/** The reason that a refusal of the action becomes. A missing table, or an error of our own, is none and rises. */
export const reasonOf = (error: unknown): Reason => {
  if (!(error instanceof Fault) || error.type.endsWith('#ResourceNotFoundException')) throw error
  const item = error.members.Item === undefined ? {} : { Item: error.members.Item }
  if (error.type.endsWith('#ConditionalCheckFailedException')) return { Code: 'ConditionalCheckFailed', ...item, Message: error.message }
  return { Code: 'ValidationError', Message: error.message }
}

/** TransactionCanceledException; the reasons stand in the order of the actions. */
export const cancelled = (reasons: readonly Reason[]) =>
  fault(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    { CancellationReasons: reasons },
  )
