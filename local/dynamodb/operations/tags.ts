import { Fault, fault, invalid } from '../fault.ts'
import type { Table } from '../storage/table.ts'
import { readRequest } from '../wire/request.ts'
import { listTagsRequest, tagResourceRequest, untagResourceRequest } from '../wire/table-shapes.ts'
import { type Context, type Operation, plainTableName } from './context.ts'

const tagsMax = 50

const arnShape = /^.+:.+:.+:.+:.+:.+\/.+$/
const tableArn = /^arn:aws:dynamodb:.+:\d+:table\/[^/]{3,}$/

const denied = ({ account }: Context, operation: string, arn: string) =>
  new Fault(
    'com.amazon.coral.service#AccessDeniedException',
    `User: arn:aws:iam::${account}:root is not authorized to perform: dynamodb:${operation} on resource: ${arn}`,
  )

/** The service looks at the ARN before anything else. */
const checkArn = (arn: string | undefined): string => {
  if (arn === undefined) throw invalid('Invalid TableArn')
  if (!arnShape.test(arn)) throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}: ARNs must start with 'arn:'`)
  return arn
}

const checkTableArn = (context: Context, operation: string, arn: string): void => {
  if (!tableArn.test(arn)) throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`)
  if (arn.split(':')[4] !== context.account) throw denied(context, operation, arn)
}

const tableAt = ({ storage }: Context, arn: string): Table => {
  const table = storage.table(plainTableName(arn))
  if (!table) throw fault('ResourceNotFoundException', `Requested resource not found: ResourcArn: ${arn} not found`)
  return table
}

const notNull = (member: string) =>
  invalid(`1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`)

export const tagResource: Operation = (context, body) => {
  const { ResourceArn, Tags } = readRequest(tagResourceRequest, body)
  const arn = checkArn(ResourceArn)
  if (!Tags) throw notNull('tags')
  checkTableArn(context, 'TagResource', arn)
  if (Tags.length === 0) throw invalid('Atleast one Tag needs to be provided as Input.')
  return context.queue.submit(() => {
    const table = tableAt(context, arn)
    const tags = { ...table.tags, ...Object.fromEntries(Tags.map(tag => [tag.Key, tag.Value])) }
    if (Object.keys(tags).length > tagsMax) throw invalid(`Too many tags: more than ${tagsMax}`)
    context.storage.saveTable({ ...table, tags })
    return ''
  })
}

export const untagResource: Operation = (context, body) => {
  const { ResourceArn, TagKeys } = readRequest(untagResourceRequest, body)
  const arn = checkArn(ResourceArn)
  if (!TagKeys) throw notNull('tagKeys')
  checkTableArn(context, 'UntagResource', arn)
  if (TagKeys.length === 0) throw invalid('Atleast one Tag Key needs to be provided as Input.')
  return context.queue.submit(() => {
    const table = tableAt(context, arn)
    const kept = Object.entries(table.tags).filter(([key]) => !TagKeys.includes(key))
    context.storage.saveTable({ ...table, tags: Object.fromEntries(kept) })
    return ''
  })
}

export const listTagsOfResource: Operation = (context, body) => {
  const { ResourceArn } = readRequest(listTagsRequest, body)
  const arn = checkArn(ResourceArn)
  checkTableArn(context, 'ListTagsOfResource', arn)
  return { Tags: Object.entries(tableAt(context, arn).tags).map(([Key, Value]) => ({ Key, Value })) }
}
