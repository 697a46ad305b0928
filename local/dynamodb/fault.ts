const dataPlane = 'com.amazonaws.dynamodb.v20120810#'

/** An answer that the protocol calls an error: `type` is the full `__type`, `members` whatever the body carries beside the message. */
export class Fault extends Error {
  readonly type: string
  readonly status: number
  readonly members: Readonly<Record<string, unknown>>

  constructor(type: string, message: string, members: Readonly<Record<string, unknown>> = {}, status = 400) {
    super(message)
    this.type = type
    this.status = status
    this.members = members
  }
}

export const invalid = (message: string) => new Fault('com.amazon.coral.validate#ValidationException', message)

/** The prefix with which the service opens most of what it finds wrong with attribute values. */
export const invalidParameters = (detail: string) => invalid(`One or more parameter values were invalid: ${detail}`)

export const unreadable = (message: string) => new Fault('com.amazon.coral.service#SerializationException', message)

export const unknownOperation = () => new Fault('com.amazon.coral.service#UnknownOperationException', '')

export const fault = (name: string, message: string, members?: Readonly<Record<string, unknown>>) =>
  new Fault(dataPlane + name, message, members)

export const noSuchTable = () => fault('ResourceNotFoundException', 'Requested resource not found')

export const conditionFailed = (item: unknown) =>
  fault('ConditionalCheckFailedException', 'The conditional request failed', item === undefined ? {} : { Item: item })

/** The answer's body: the coral layer spells its member `Message`, the service's own faults `message`. */
export const faultBody = (answer: Fault): Record<string, unknown> => {
  const capital = answer.type.includes('coral.service') || 'CancellationReasons' in answer.members
  const text = answer.message === '' ? {} : { [capital ? 'Message' : 'message']: answer.message }
  return { __type: answer.type, ...text, ...answer.members }
}
