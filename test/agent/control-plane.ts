import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { compactVerify, importJWK, jwtVerify } from 'jose'
import { sha256 } from '../../shared/canonical/index.ts'
import { Report } from '../../shared/fleet/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'
import {
  bucketOf,
  type Clearance,
  clearanceSigningBytes,
  type Directive,
  type SignedDirective,
  type SignedStopOrder,
  type StopOrder,
  signingBytes,
  stopSigningBytes,
} from '../../shared/rollout/index.ts'

const FLEET = 'web'

export type Ask = Partial<NonNullable<Directive['ask']>> & { readonly livepatch?: NonNullable<Directive['ask']>['livepatch'] }

/**
 * The part of a control plane that agents see, over real HTTP on a free port: it enrols, serves whatever document the test puts up,
 * and keeps the reports whose signatures hold.
 */
export const controlPlane = async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const files = new Map<string, Uint8Array>()
  const hosts = new Map<string, string>()
  const reports: Report[] = []
  const requests: string[] = []
  let waiting: (() => void)[] = []
  let document: unknown = null
  let etag: string | null = null
  let stop: unknown = null
  let clearance: unknown = null
  let down = false

  const body = async (request: IncomingMessage): Promise<string> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    return Buffer.concat(chunks).toString('utf8')
  }
  const json = (response: ServerResponse, status: number, value: unknown, headers = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
  }
  const keyOf = (host: string) => importJWK({ kty: 'OKP', crv: 'Ed25519', x: hosts.get(host) ?? '' }, 'EdDSA')
  const verified = async (token: string): Promise<boolean> => {
    try {
      await jwtVerify(token, ({ kid = '' }) => keyOf(kid), { audience: 'supersede', algorithms: ['EdDSA'], maxTokenAge: '5 minutes' })
      return true
    } catch {
      return false
    }
  }

  const enrol = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.headers.authorization !== 'Bearer one-time') return json(response, 401, { detail: 'the token is not known or was used' })
    const { host, publicKey: x, proof } = JSON.parse(await body(request))
    hosts.set(host, x)
    await compactVerify(proof, await keyOf(host))
    json(response, 201, {
      host,
      fleet: FLEET,
      bucket: bucketOf(host),
      directiveKey: { keyId: 'k1', publicKey: publicKey.export({ format: 'jwk' }).x },
      pollSeconds: 0.01,
    })
  }

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const jws of JSON.parse(await body(request)).reports) {
      const { payload } = await compactVerify(jws, ({ kid = '' }) => keyOf(kid))
      reports.push(Report.parse(JSON.parse(Buffer.from(payload).toString('utf8'))))
    }
    json(response, 200, { accepted: 1, ignored: 0, rejected: [] })
    for (const told of waiting.splice(0)) told()
  }

  const direct = (request: IncomingMessage, response: ServerResponse): void => {
    if (etag !== null && request.headers['if-none-match'] === etag) return void response.writeHead(304).end()
    json(response, document === null ? 404 : 200, document, etag === null ? {} : { etag })
  }

  const server: Server = createServer((request, response) => {
    const path = request.url ?? ''
    requests.push(`${request.method} ${path}`)
    const answer = async (): Promise<void> => {
      if (path === '/directives/stop.json') return void (stop === null ? response.writeHead(403).end() : json(response, 200, stop))
      if (down) return void request.destroy()
      if (path.startsWith('/modules/')) {
        const file = files.get(path)
        return void (file ? response.writeHead(200).end(file) : response.writeHead(404).end())
      }
      if (path === `/fleets/${FLEET}/hosts`) return enrol(request, response)
      if (!(await verified((request.headers.authorization ?? '').replace('Bearer ', '')))) return json(response, 401, {})
      if (path.endsWith('/clearance')) return json(response, clearance === null ? 404 : 200, clearance)
      return path.endsWith('/directive') ? direct(request, response) : receive(request, response)
    }
    answer().catch((error: unknown) => json(response, 500, { detail: String(error) }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = `http://127.0.0.1:${address.port}`

  const signed = (directive: Directive, key: KeyObject = privateKey): SignedDirective => ({
    directive,
    keyId: 'k1',
    signature: sign(null, signingBytes(directive), key).toString('base64'),
  })

  return {
    url,
    fleet: FLEET,
    reports,
    requests,
    /** Puts a module up for download; `bytes` other than its own make it a tampered one. */
    offer: (manifest: Manifest, bytes: Uint8Array = fileOf(manifest)): NonNullable<Directive['ask']>['livepatch'] => {
      const digest = sha256(fileOf(manifest))
      files.set(`/modules/${digest}.ko`, bytes)
      return { digest, name: manifest.name, size: fileOf(manifest).length, location: `${url}/modules/${digest}.ko` }
    },
    offerFile: (name: string, bytes: Uint8Array): NonNullable<Directive['ask']>['livepatch'] => {
      const digest = sha256(bytes)
      files.set(`/modules/${digest}.ko`, bytes)
      return { digest, name, size: bytes.length, location: `${url}/modules/${digest}.ko` }
    },
    withdraw: () => files.clear(),
    directive: (given: Partial<Omit<Directive, 'ask'>> & { readonly ask?: Ask | null }): Directive => ({
      schema: 'supersede.directive/1',
      fleet: FLEET,
      version: 1,
      issuedAt: 1,
      expiresAt: Date.now() + 60_000,
      stopped: false,
      pollSeconds: 0.01,
      ...given,
      ask: given.ask ? askOf(given.ask) : null,
    }),
    signed,
    publish: (next: unknown, tag: string | null = null): void => {
      document = next
      etag = tag
    },
    signedStop: (given: Partial<StopOrder> = {}, key: KeyObject = privateKey): SignedStopOrder => {
      const order: StopOrder = {
        schema: 'supersede.stop/1',
        version: 1,
        issuedAt: 1,
        expiresAt: Date.now() + 60_000,
        scope: 'everything',
        stopped: true,
        reason: 'hosts panic',
        ...given,
      }
      return { order, keyId: 'k1', signature: sign(null, stopSigningBytes(order), key).toString('base64') }
    },
    /** What lies where the stop order lies; null: nothing. It is served while the control plane is down, too. */
    publishStop: (next: unknown): void => {
      stop = next
    },
    /** Leave to force what a report says has stalled, bent as a test wants it. */
    clear: ({ host, fleet, change, bootId, transition }: Report, given: Partial<Clearance> = {}, key: KeyObject = privateKey): void => {
      const cleared: Clearance = {
        schema: 'supersede.clearance/1',
        id: 'clearance-1',
        ...{ host, fleet, bootId, change: change ?? '' },
        livepatch: transition?.livepatch ?? '',
        since: transition?.since ?? 0,
        evidence: 'e'.repeat(64),
        clearedBy: 'alice',
        issuedAt: 1,
        expiresAt: Date.now() + 60_000,
        ...given,
      }
      clearance = { clearance: cleared, keyId: 'k1', signature: sign(null, clearanceSigningBytes(cleared), key).toString('base64') }
    },
    setDown: (is: boolean): void => {
      down = is
    },
    /** The first report, from now or earlier, that is as described. */
    report: async (is: (report: Report) => boolean): Promise<Report> => {
      for (;;) {
        const found = reports.find(is)
        if (found) return found
        await new Promise<void>(resolve => waiting.push(resolve))
      }
    },
    requested: async (count: number, what: string): Promise<void> => {
      while (requests.filter(request => request.includes(what)).length < count) await new Promise(resolve => setTimeout(resolve, 5))
    },
    close: async (): Promise<void> => {
      waiting = []
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

export type ControlPlane = Awaited<ReturnType<typeof controlPlane>>

const askOf = ({ livepatch, ...given }: Ask): NonNullable<Directive['ask']> => {
  if (!livepatch) throw new Error('a directive asks for some livepatch')
  return { change: 'c1', approvedBy: ['bob', 'carol'], livepatch, route: 'replace', share: 10_000, admitted: [], ...given }
}

/** These tests' module files hold their manifest as JSON; the manifest's digest is that of the file without it. */
export const fileOf = (manifest: Manifest): Uint8Array => Buffer.from(JSON.stringify({ ...manifest, digest: undefined }))
