import { fault, invalid } from '../fault.ts'
import type { Table } from '../storage/table.ts'
import { readRequest } from '../wire/request.ts'
import { listTagsRequest, tagResourceRequest, untagResourceRequest } from '../wire/table-shapes.ts'
import { type Context, type Operation, plainTableName } from './context.ts'

const tagsMax = 50

const tableAt = ({ storage, account }: Context, operation: string, arn: string): Table => {
  const name = plainTableName(arn)
  if (name === arn) throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`)
  if (arn.split(':')[4] !== account)
    throw fault(
      'AccessDeniedException',
      `User: arn:aws:iam::${account}:root is not authorized to perform: dynamodb:${operation} on resource: ${arn}`,
    )
  const table = storage.table(name)
  if (!table) throw fault('ResourceNotFoundException', `Requested resource not found: ResourcArn: ${arn} not found`)
  return table
}

export const tagResource: Operation = (context, body) => {
  const request = readRequest(tagResourceRequest, body)
  if (request.Tags.length === 0) throw invalid('Atleast one Tag needs to be provided as Input.')
  return context.queue.submit(() => {
    const table = tableAt(context, 'TagResource', request.ResourceArn)
    const tags = { ...table.tags, ...Object.fromEntries(request.Tags.map(tag => [tag.Key, tag.Value])) }
    if (Object.keys(tags).length > tagsMax) throw invalid(`Too many tags: more than ${tagsMax}`)
    context.storage.saveTable({ ...table, tags })
    return ''
  })
}

export const untagResource: Operation = (context, body) => {
  const request = readRequest(untagResourceRequest, body)
  if (request.TagKeys.length === 0) throw invalid('Atleast one Tag Key needs to be provided as Input.')
  return context.queue.submit(() => {
    const table = tableAt(context, 'UntagResource', request.ResourceArn)
    context.storage.saveTable({
      ...table,
      tags: Object.fromEntries(Object.entries(table.tags).filter(([key]) => !request.TagKeys.includes(key))),
    })
    return ''
  })
}

export const listTagsOfResource: Operation = (context, body) => {
  const { ResourceArn } = readRequest(listTagsRequest, body)
  return { Tags: Object.entries(tableAt(context, 'ListTagsOfResource', ResourceArn).tags).map(([Key, Value]) => ({ Key, Value })) }
}
