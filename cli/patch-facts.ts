import { holdLines } from './hold-view.ts'
import type { Shell } from './shell.ts'
import { printFacts } from './terminal/print.ts'
import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from './terminal/read-json.ts'

const functionsOf = (manifest: JsonObject): string =>
  objectsOf(manifest['objects'])
    .flatMap(object =>
      objectsOf(object['functions']).map(({ name, sympos }) => {
        const position = textOf(sympos) === '0' ? '' : `,${textOf(sympos)}`
        return `${textOf(object['name']) || 'vmlinux'}:${textOf(name)}${position}`
      }),
    )
    .join('\n')

const callbacksOf = (manifest: JsonObject): string =>
  objectsOf(manifest['objects'])
    .flatMap(object => Object.keys(objectOf(object['callbacks'])).map(kind => `${textOf(object['name']) || 'vmlinux'}:${kind}`))
    .join('\n')

const adoptsOf = (manifest: JsonObject): string =>
  objectsOf(manifest['adopts'])
    .map(
      ({ livepatch, object, callback, source }) =>
        `${textOf(livepatch)}:${textOf(object) || 'vmlinux'}:${textOf(callback)} (${textOf(source)})`,
    )
    .join('\n')

/** A manifest as people read it. */
export const printPatch = (shell: Shell, manifest: JsonObject): void => {
  const signature = objectOf(manifest['signature'])
  printFacts(shell, [
    ['digest', textOf(manifest['digest'])],
    ['name', textOf(manifest['name'])],
    ['series', `${textOf(manifest['series'])} version ${textOf(manifest['version'])}`],
    ['kernel', `${textOf(manifest['kernelRelease'])} ${textOf(manifest['arch'])}`],
    ['cumulative', manifest['replace'] === true ? 'yes' : 'no'],
    ['functions', functionsOf(manifest)],
    ['callbacks', callbacksOf(manifest)],
    [
      'states',
      objectsOf(manifest['states'])
        .map(state => `${textOf(state['id'])} version ${textOf(state['version'])}`)
        .join('\n'),
    ],
    ['fixes', textsOf(manifest['fixes']).join(', ')],
    ['adopts', adoptsOf(manifest)],
    ['signature', signature['present'] === true ? textOf(signature['signer']) || 'present' : 'none'],
    ['size', `${textOf(manifest['size'])} bytes`],
    ['stated', textsOf(manifest['stated']).join(', ')],
    ['held', holdLines(manifest).join('\n')],
  ])
}
