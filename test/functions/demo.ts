import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from '@jest/globals'
import type { Report } from '../../shared/fleet/index.ts'
import type { Answered, House } from './house.ts'

/** One of the demonstration livepatches, as its file is. */
export const moduleFile = (name: '1' | '2' | '3' | 'hotfix'): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../examples/livepatches/lp_proc_${name}.ko`, import.meta.url)))
export const digestOfFile = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const submit = (
  house: House,
  name: '1' | '2' | '3' | 'hotfix',
  statement: Readonly<Record<string, unknown>> = {},
): Promise<Answered> => house.ask('submit-patch', { as: 'alice', body: { module: moduleFile(name).toString('base64'), statement } })

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A compact JWS; tests bend its header. */
export const jws = (payload: unknown, key: KeyObject, header: Readonly<Record<string, unknown>>): string => {
  const signed = `${part(header)}.${part(payload)}`
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
}

export type DemoHost = {
  readonly id: string
  readonly fleet: string
  readonly key: KeyObject
  readonly publicKey: string
  /** A signed report; the sequence grows by itself. */
  readonly report: (over: Partial<Report>) => string
}

export const stackOf = (...names: readonly ('1' | '2' | '3' | 'hotfix')[]): Report['stack'] => ({
  kernelRelease: '6.1.0-50-amd64',
  livepatches: names.map(name => ({ name: `lp_proc_${name}`, digest: digestOfFile(moduleFile(name)), enabled: true, transition: false })),
  resident: [],
  targets: [],
  forced: false,
})

const newHost = (house: House, id: string, fleet: string): DemoHost => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  let sequence = 0
  const report = (over: Partial<Report>): string => {
    sequence += 1
    const said = { state: 'unapplied', stack: stackOf(), change: null, refusal: null, directiveVersion: 0, ...over }
    const payload = { schema: 'supersede.report/1', host: id, fleet, sequence, at: house.time, bootId: 'boot', ...said }
    return jws(payload, privateKey, { alg: 'EdDSA', kid: id })
  }
  return { id, fleet, key: privateKey, publicKey: String(publicKey.export({ format: 'jwk' }).x), report }
}

export const createFleet = async (house: House, fleet: string): Promise<void> => {
  expect((await house.ask('create-fleet', { as: 'alice', body: { id: fleet } })).status).toBe(201)
}

/** Enrols hosts `<fleet>-1` … with fresh tokens. */
export const enrol = async (house: House, fleet: string, count: number): Promise<readonly DemoHost[]> => {
  const issued = await house.ask('issue-enrolments', { as: 'alice', path: { fleet }, body: { count } })
  const tokens = Array.isArray(issued.body['tokens']) ? issued.body['tokens'].map(String) : []
  const hosts = tokens.map((_, index) => newHost(house, `${fleet}-${index + 1}`, fleet))
  for (const [index, host] of hosts.entries()) {
    const proof = jws({ host: host.id, fleet, at: house.time }, host.key, { alg: 'EdDSA', kid: host.id })
    const body = { host: host.id, publicKey: host.publicKey, proof }
    const answer = await house.ask('enrol-host', { bearer: tokens[index] ?? '', path: { fleet }, body })
    expect(answer).toMatchObject({ status: 201, body: { host: host.id, fleet } })
  }
  return hosts
}

/** Reports in one batch; the first host carries it. */
export const report = (house: House, fleet: string, reports: readonly string[]): Promise<Answered> =>
  house.ask('report-hosts', { host: { host: `${fleet}-1`, fleet }, path: { fleet }, body: { reports } })

/** A new fleet whose hosts run this stack and have said so. */
export const fleetOf = async (
  house: House,
  fleet: string,
  count: number,
  stack: Report['stack'] = stackOf(),
): Promise<readonly DemoHost[]> => {
  await createFleet(house, fleet)
  const hosts = await enrol(house, fleet, count)
  const said = await report(
    house,
    fleet,
    hosts.map(host => host.report({ stack })),
  )
  expect(said.body).toMatchObject({ accepted: count })
  return hosts
}
