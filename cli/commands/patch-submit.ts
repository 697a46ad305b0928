import { createHash } from 'node:crypto'
import type { Api } from '../api.ts'
import { Failure } from '../failure.ts'
import { readBytes } from '../files.ts'
import { firstArgument, type Input, type Run } from '../input.ts'
import { printPatch } from '../patch-facts.ts'
import { statementOf } from '../statement.ts'
import { printJson } from '../terminal/print.ts'
import { objectOf, textOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'

/** What the API takes inline; above it the bytes go to the bucket first. */
const INLINE_BYTES_MAX = 4_000_000

const uploaded = async ({ shell }: Input, api: Api, bytes: Uint8Array): Promise<string> => {
  const digest = createHash('sha256').update(bytes).digest('hex')
  const body = objectOf((await api.call('upload-patch', { body: { size: bytes.length, digest } })).body)
  shell.err(`uploading ${(bytes.length / 1e6).toFixed(1)} MB\n`)
  /* fetch counts the bytes itself, and takes no other's word for it. */
  const headers = Object.fromEntries(
    Object.entries(objectOf(body['headers']))
      .filter(([name]) => name.toLowerCase() !== 'content-length')
      .map(([name, value]) => [name, textOf(value)]),
  )
  await api.upload(textOf(body['url']), headers, bytes)
  return textOf(body['upload'])
}

export const run: Run = async input => {
  const api = input.api()
  const file = firstArgument(input)
  const bytes = readBytes(input.shell, file)
  if (bytes.length === 0) throw new Failure('refusedFile', `${file}: the file has no bytes`)
  const statement = statementOf(input)
  const module =
    bytes.length <= INLINE_BYTES_MAX ? { module: Buffer.from(bytes).toString('base64') } : { upload: await uploaded(input, api, bytes) }
  const { status, body } = await api.call('submit-patch', { body: { ...module, ...(statement === null ? {} : { statement }) } })
  input.shell.err(`${terminalText(file)} ${status === 200 ? 'was in the catalog already' : 'is in the catalog'}\n`)
  if (input.json) printJson(input.shell, body)
  else printPatch(input.shell, objectOf(body))
  return undefined
}
