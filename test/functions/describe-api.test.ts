import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { PROBLEMS } from '../../functions/http/problem.ts'
import { apiText, describeApi } from '../../functions/openapi/describe-api.ts'
import { OPERATIONS } from '../../shared/operations/index.ts'
import { openHouse } from './house.ts'

const house = openHouse()
const docs = (file: string): string => readFileSync(fileURLToPath(new URL(`../../docs/${file}`, import.meta.url)), 'utf8')

test('docs/openapi.json is what the table and the schemas say (node bootstrap.cjs functions/openapi/write.ts)', () => {
  expect(docs('openapi.json') === apiText()).toBe(true)
})

test('every operation is in the document, under its route, with its policy action', () => {
  const described = Object.entries(describeApi().paths).flatMap(([path, methods]) =>
    Object.entries(Object(methods)).map(([method, said]) => [method.toUpperCase(), path, Object(said)['x-policy-action'] ?? null]),
  )
  expect(described).toEqual(expect.arrayContaining(OPERATIONS.map(({ method, path, action }) => [method, path, action])))
  expect(described).toHaveLength(OPERATIONS.length)
})

test('it is served to anybody', async () => {
  const answer = await house.ask('show-openapi')
  expect(answer).toMatchObject({ status: 200, body: { openapi: '3.1.0' } })
  expect(answer.body).toEqual(JSON.parse(docs('openapi.json')))
})

test('docs/api.md names every operation and every problem', () => {
  const text = docs('api.md')
  const missing = [...OPERATIONS.map(({ method, path }) => `${method} ${path}`), ...Object.keys(PROBLEMS)].filter(
    name => !text.includes(`\`${name}\``),
  )
  expect(missing).toEqual([])
})
