import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Heard = { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }

/** Somebody who is told: keeps what came and answers as the test says. */
export const startReceiver = async () => {
  const heard: Heard[] = []
  const state: { answer: { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> } } = {
    answer: { status: 204 },
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    heard.push({ path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('utf8') })
    response.writeHead(state.answer.status, state.answer.headers)
    response.end(state.answer.body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook/very-secret-path?token=abc`,
    heard,
    answer: (answer: typeof state.answer) => {
      state.answer = answer
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** What a receiver does who has read the specification and nothing of ours. */
export const isSigned = ({ headers, body }: Heard, secret: string): boolean => {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  return String(headers['webhook-signature']).split(' ').includes(expected)
}
