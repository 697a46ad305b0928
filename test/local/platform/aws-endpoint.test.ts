import { describe, expect, test } from '@jest/globals'
import { openAwsEndpoint } from '../../../local/aws-endpoint.ts'
import { askOf } from '../gateway/given.ts'

const credentials = { accessKeyId: 'LOCALTEST', secretAccessKey: 'not-a-secret' }
const endpoint = openAwsEndpoint({
  services: {
    DynamoDB_20120810: (target, body) => ({ status: 200, body: { target, body } }),
    AWSStepFunctions: () => ({ status: 400, body: {} }),
  },
  s3: async ({ path }) => ({ status: 200, headers: {}, body: `s3 ${path}` }),
  credentials,
})
const signed = 'AWS4-HMAC-SHA256 Credential=LOCALTEST/20261123/us-east-1/x/aws4_request'
const ask = async (target: string | undefined, body: string, authorization = signed) => {
  const headers = { authorization, ...(target === undefined ? {} : { 'x-amz-target': target }) }
  const answer = await endpoint(askOf('POST', '/bucket/key', { headers, body: Buffer.from(body) }))
  return { status: answer.status, type: answer.headers['content-type'], body: String(answer.body) }
}

describe('where the functions’ SDK clients arrive', () => {
  test('a target decides the service, and the service the answer', async () => {
    expect(await ask('DynamoDB_20120810.GetItem', '{"a":1}')).toEqual({
      status: 200,
      type: 'application/x-amz-json-1.0',
      body: '{"target":"DynamoDB_20120810.GetItem","body":{"a":1}}',
    })
    expect(await ask('AWSStepFunctions.X', '{}')).toMatchObject({ status: 400, type: 'application/x-amz-json-1.1' })
  })

  test('without a target it is the object storage', async () => expect((await ask(undefined, '')).body).toBe('s3 /bucket/key'))

  test.each([
    ['a service that is not there', 'Logs_20140328.PutLogEvents', '{}', signed, 'UnknownOperationException'],
    ['a body that is no JSON', 'DynamoDB_20120810.GetItem', '{"a":', signed, 'SerializationException'],
    ['somebody else’s key', 'DynamoDB_20120810.GetItem', '{}', 'AWS4-HMAC-SHA256 Credential=STRANGER/x', 'UnrecognizedClientException'],
    ['no key', 'DynamoDB_20120810.GetItem', '{}', '', 'UnrecognizedClientException'],
  ])('refuses %s', async (_, target, body, authorization, type) => {
    const refused = await ask(target, body, authorization)
    expect([refused.status, JSON.parse(refused.body)]).toEqual([400, { __type: type, message: expect.any(String) }])
  })
})
