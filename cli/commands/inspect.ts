import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { type InspectedModule, type InspectedObject, type ReadResult, readModule } from '../../shared/livepatch/index.ts'
import type { Exit } from '../exit-codes.ts'
import { exitCode } from '../exit-codes.ts'
import { openedBytes } from '../files.ts'
import { givenCertificates } from '../given-certificates.ts'
import type { Run } from '../input.ts'
import { isNothingCertain } from '../is-nothing-certain.ts'
import { placeText, refusalText } from '../refusal-text.ts'
import type { Shell } from '../shell.ts'
import { printFacts, printJson, printTitle } from '../terminal/print.ts'
import { paint } from '../terminal/style.ts'
import { terminalText } from '../terminal/terminal-text.ts'

type Read = { readonly file: string; readonly sha256: string; readonly result: ReadResult }

const endOf = ({ result }: Read): Exit => (!result.ok ? 'refusedFile' : isNothingCertain(result.module) ? 'nothingCertain' : 'ok')

const answerOf = ({ file, sha256, result }: Read): unknown =>
  result.ok ? { ...result.module, file } : { file, sha256, error: result.error }

const objectName = ({ name, kind }: InspectedObject): string => name ?? (kind === 'unknown' ? '?' : 'vmlinux')

const functionsOf = ({ patch }: InspectedModule): string => {
  if (patch.objects === null) return 'unknown'
  const lines = patch.objects.flatMap(object =>
    object.functions.map(({ oldName, sympos, newName }) => {
      const position = sympos === '0' ? '' : `,${sympos}`
      return `${objectName(object)}:${oldName ?? '?'}${position}${newName === null ? '' : ` → ${newName}`}`
    }),
  )
  const listed = lines.length === 0 ? ['none'] : lines
  return [...listed, ...(patch.incomplete ? ['perhaps more'] : [])].join('\n')
}

const callbacksOf = ({ patch }: InspectedModule): string =>
  (patch.objects ?? [])
    .flatMap(object => Object.entries(object.callbacks).map(([kind, name]) => `${objectName(object)}:${kind}${name ? ` → ${name}` : ''}`))
    .join('\n')

const replaceOf = ({ replace }: InspectedModule['patch']): string =>
  replace.value === null ? `unknown (${replace.certainty})` : `${replace.value ? 'yes' : 'no'} (${replace.certainty})`

const statesOf = ({ patch }: InspectedModule): string =>
  patch.states === null ? 'unknown' : patch.states.map(({ id, version }) => `${id} version ${version}`).join('\n')

const said = (answer: boolean | null | undefined, yes: string, no: string): string => (answer == null ? '' : answer ? yes : no)

const candidatesOf = ({ patch }: InspectedModule): string =>
  (patch.candidates ?? []).map(({ section, offset, symbol }) => `${symbol ?? '?'} (${placeText({ section, offset })})`).join('\n')

/** What the kernel resolves when an object is there, each symbol once. */
const relocationsOf = ({ klpRelocations }: InspectedModule): string =>
  klpRelocations
    .map(({ object, section, entries }) => {
      const symbols = entries.map(({ symbolObject, symbol, sympos }) => `${symbolObject}:${symbol}${sympos === '0' ? '' : `,${sympos}`}`)
      return `${object} in ${section}: ${[...new Set(symbols)].join(', ')}`
    })
    .join('\n')

const usesOf = ({ livepatch, effects }: InspectedModule, side: 'init' | 'exit'): string => {
  const hints = effects[side]
  if (!livepatch) return ''
  if (hints === null) return 'not found'
  const more = effects.incomplete?.includes(side) ? ['perhaps more (symbols were stripped)'] : []
  return [...hints.map(({ symbol }) => symbol), ...more].join(', ')
}

const signatureOf = ({ signature }: InspectedModule): string => {
  if (signature.malformed !== undefined) return `malformed: ${signature.malformed}`
  if (!signature.present) return 'none'
  const { signer } = signature
  const who =
    signer === undefined
      ? ''
      : signer.type === 'subjectKeyIdentifier'
        ? `key ${signer.keyId}`
        : `${signer.issuerCN ?? '?'}, serial ${signer.serial}`
  const judged = [
    said(signature.signerMatched, 'signer matched', ''),
    said(signature.valid, 'intact', 'broken'),
    said(signature.trusted, 'trusted', `not trusted${signature.why === undefined ? '' : `: ${signature.why}`}`),
  ]
  return ['present', signature.digestAlgorithm ?? '', who, ...judged].filter(text => text !== '').join(', ')
}

const printModule = (shell: Shell, module: InspectedModule): void => {
  const { patch, statements } = module
  printFacts(shell, [
    ['sha256', module.sha256],
    ['name', module.name ?? 'unknown'],
    ['kernel', `${module.kernelRelease ?? 'unknown'} ${module.arch}`],
    ['srcversion', module.srcversion ?? ''],
    ['licence', module.license ?? 'none stated'],
    ['depends on', module.depends.join(', ')],
    ['compressed', module.compression === 'none' ? '' : module.compression],
    ['livepatch', `${patch.status}${patch.note === undefined ? '' : `: ${patch.note}`}`],
    ['flavour', module.flavour ?? ''],
    ['cumulative', module.livepatch ? replaceOf(patch) : ''],
    ['candidates', candidatesOf(module)],
    ['functions', module.livepatch ? functionsOf(module) : ''],
    ['callbacks', callbacksOf(module)],
    ['states', module.livepatch ? statesOf(module) : ''],
    ['relocations', relocationsOf(module)],
    ['shadow API', module.shadowImports.join(', ')],
    ['state API', module.stateImports.join(', ')],
    ['init uses', usesOf(module, 'init')],
    ['exit uses', usesOf(module, 'exit')],
    ['series', statements.series === null ? '' : `${statements.series} version ${statements.version ?? '?'}`],
    ['fixes', statements.fixes.join(', ')],
    ['adopts', statements.adopts.join('\n')],
    ['signature', signatureOf(module)],
    ['warnings', module.warnings.map(refusalText).join('\n')],
  ])
}

const printRead = (shell: Shell, read: Read): void => {
  printTitle(shell, terminalText(read.file))
  if (read.result.ok) {
    printModule(shell, read.result.module)
    return
  }
  shell.out(`${paint(shell, 'red', 'refused')} ${terminalText(refusalText(read.result.error))}\n`)
}

const CLOSED_HINT = 'look at the paths; every other file was read'

/** One line for all that could not be opened: a script that names a hundred files loses no answer to one slip. */
const tellClosed = (shell: Shell, closed: readonly string[], read: number): void => {
  if (closed.length === 0) return
  shell.err(`error: ${terminalText(closed.join('; '))}\n`)
  if (read > 0) shell.err(`  hint: ${CLOSED_HINT}\n`)
}

export const run: Run = async input => {
  const { shell, args, json } = input
  const certificates = givenCertificates(input)
  const trust = certificates.length === 0 ? {} : { certificates }
  const reads: Read[] = []
  const closed: string[] = []
  for (const file of args) {
    const bytes = openedBytes(shell, file)
    if ('why' in bytes) {
      closed.push(`${file}: ${bytes.why}`)
      continue
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    reads.push({ file: basename(file), sha256, result: await readModule(bytes, { file: basename(file), ...trust }) })
  }
  const [only] = reads
  if (json && args.length > 1) printJson(shell, reads.map(answerOf))
  else if (json && only) printJson(shell, answerOf(only))
  else for (const read of reads) printRead(shell, read)
  tellClosed(shell, closed, reads.length)
  const ends = [...reads.map(endOf), ...closed.map((): Exit => 'failure')]
  return ends.toSorted((a, b) => exitCode(b) - exitCode(a))[0]
}
