import { changeView } from '../change-view.ts'
import { Failure } from '../failure.ts'
import { readJsonFile } from '../files.ts'
import { findLivepatch } from '../find-livepatch.ts'
import { given, type Input, isSet, needed, type Run, secondsGiven } from '../input.ts'
import { printJson } from '../terminal/print.ts'
import { type JsonObject, objectOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'
import { watchChange } from '../watch-change.ts'

const wavesGiven = (input: Input): readonly { readonly share: number }[] | undefined =>
  given(input, 'waves')
    ?.split(',')
    .map(text => {
      const percents = Number(text.replace('%', '').trim())
      if (text.trim() === '' || !Number.isInteger(percents) || percents < 1 || percents > 100)
        throw new Failure('usage', '--waves takes whole per cents that grow to 100, for example 5,50,100')
      return { share: percents * 100 }
    })

const planGiven = (input: Input): JsonObject | undefined => {
  const file = given(input, 'plan')
  const waves = wavesGiven(input)
  const soakSeconds = secondsGiven(input, 'soak')
  const plan = {
    ...(file === undefined ? {} : objectOf(readJsonFile(input.shell, file))),
    ...(waves === undefined ? {} : { waves }),
    ...(soakSeconds === undefined ? {} : { soakSeconds }),
  }
  return Object.keys(plan).length === 0 ? undefined : plan
}

export const run: Run = async input => {
  const { shell } = input
  const plan = planGiven(input)
  const api = input.api()
  const livepatch = await findLivepatch(api, needed(input, 'livepatch'))
  const proposal = { fleet: needed(input, 'fleet'), livepatch, reason: needed(input, 'reason'), ...(plan === undefined ? {} : { plan }) }
  const { body } = await api.call('propose-change', { body: proposal })
  const { id } = changeView(body)
  if (isSet(input, 'watch')) {
    shell.err(`proposed ${terminalText(id)}\n`)
    return watchChange(input, id)
  }
  if (input.json) printJson(shell, body)
  else {
    shell.out(`${terminalText(id)}\n`)
    shell.err(`proposed; supersede change watch ${terminalText(id)} shows how it goes\n`)
  }
  return undefined
}
