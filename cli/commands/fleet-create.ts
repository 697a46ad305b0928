import { X509Certificate } from 'node:crypto'
import { Failure } from '../failure.ts'
import { givenCertificates } from '../given-certificates.ts'
import { firstArgument, given, type Run } from '../input.ts'
import { printJson } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'

/** PEM, whichever of the two the file was. */
const pemOf = (name: string, bytes: Uint8Array | string): string => {
  try {
    return new X509Certificate(bytes).toString()
  } catch {
    throw new Failure('usage', `${name} is no certificate (PEM or DER)`)
  }
}

export const run: Run = async input => {
  const id = firstArgument(input)
  const description = given(input, 'description') ?? ''
  const trust = givenCertificates(input).map(({ name, bytes }) => pemOf(name, bytes))
  const { body } = await input.api().call('create-fleet', { body: { id, description, ...(trust.length === 0 ? {} : { trust }) } })
  if (input.json) printJson(input.shell, body)
  else input.shell.out(`${terminalText(id)}\n`)
  return undefined
}
