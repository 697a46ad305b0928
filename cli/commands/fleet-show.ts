import { freezeLines, holdLines } from '../hold-view.ts'
import { firstArgument, type Run } from '../input.ts'
import { besides } from '../stack-view.ts'
import { plural, shortDigest, when } from '../terminal/format.ts'
import { printFacts, printJson, printTable, printTitle } from '../terminal/print.ts'
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from '../terminal/read-json.ts'

const livepatchesOf = (stack: JsonObject): string =>
  objectsOf(stack['livepatches'])
    .map(
      entry =>
        `${textOf(entry['name'])}${entry['transition'] === true ? ' (in transition)' : entry['enabled'] === false ? ' (disabled)' : ''}`,
    )
    .join(' + ') || 'none'

/** "7: its hosts are told to stop"; empty where they were told nothing yet. */
const directiveText = (value: unknown): string => {
  const directive = objectOf(value)
  const version = textOf(directive['version'])
  if (version === '') return ''
  const asked = objectOf(directive['ask'])
  const share = `${numberOf(asked['share']) / 100} %`
  const what = `asked for ${shortDigest(textOf(asked['livepatch']))} by change ${textOf(asked['change'])}`
  const isAsked = textOf(asked['change']) !== ''
  if (directive['stopped'] === true) return `${version}: its hosts are told to stop${isAsked ? ` (${share} ${what})` : ''}`
  return `${version}: ${isAsked ? `${share} of its hosts are ${what}` : 'nothing is asked of its hosts'}`
}

export const run: Run = async input => {
  const { shell } = input
  const { body } = await input.api().call('show-fleet', { path: { fleet: firstArgument(input) } })
  if (input.json) {
    printJson(shell, body)
    return undefined
  }
  const fleet = objectOf(body)
  const reboots = numberOf(fleet['toReboot'])
  printFacts(shell, [
    ['fleet', textOf(fleet['id'])],
    ['description', textOf(fleet['description'])],
    ['created', when(textOf(fleet['createdAt']))],
    ['hosts', textOf(fleet['hosts'])],
    ['active change', textOf(fleet['activeChange'])],
    ['directive', directiveText(fleet['directive'])],
    ['to reboot', reboots === 0 ? '' : `${plural(reboots, 'host')}: supersede fleet hosts ${textOf(fleet['id'])} --to-reboot`],
    ['held', holdLines(fleet).join('\n')],
    ['frozen', freezeLines(fleet).join('\n')],
  ])
  const cohorts = objectsOf(fleet['cohorts'])
  if (cohorts.length === 0) return undefined
  printTitle(shell, 'Cohorts')
  printTable(
    shell,
    ['cohort', 'hosts', 'kernel', 'livepatches', 'besides'],
    cohorts.map(cohort => [
      shortDigest(textOf(cohort['cohort'])),
      textOf(cohort['hosts']),
      textOf(objectOf(cohort['stack'])['kernelRelease']),
      livepatchesOf(objectOf(cohort['stack'])),
      besides(objectOf(cohort['stack'])),
    ]),
  )
  return undefined
}
