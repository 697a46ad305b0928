import { Failure } from './failure.ts'
import { readJsonFile } from './files.ts'
import { given, type Input, secondsGiven } from './input.ts'
import { type JsonObject, objectOf } from './terminal/read-json.ts'

const ROUTES = ['replace', 'disable-then-load'] as const

/** `--route`; undefined where it was not said. */
export const routeGiven = (input: Input): (typeof ROUTES)[number] | undefined => {
  const text = given(input, 'route')
  const route = ROUTES.find(name => name === text)
  if (text !== undefined && route === undefined) throw new Failure('usage', `--route takes ${ROUTES.join(' or ')}`)
  return route
}

const wavesGiven = (input: Input): readonly { readonly share: number }[] | undefined =>
  given(input, 'waves')
    ?.split(',')
    .map(text => {
      const percents = Number(text.replace('%', '').trim())
      if (text.trim() === '' || !Number.isInteger(percents) || percents < 1 || percents > 100)
        throw new Failure('usage', '--waves takes whole per cents that grow to 100, for example 5,50,100')
      return { share: percents * 100 }
    })

/** The plan as far as options say it; what they leave out is left out. */
export const planGiven = (input: Input): JsonObject | undefined => {
  const file = given(input, 'plan')
  const waves = wavesGiven(input)
  const soakSeconds = secondsGiven(input, 'soak')
  const route = routeGiven(input)
  const plan = {
    ...(file === undefined ? {} : objectOf(readJsonFile(input.shell, file))),
    ...(waves === undefined ? {} : { waves }),
    ...(soakSeconds === undefined ? {} : { soakSeconds }),
    ...(route === undefined ? {} : { route }),
  }
  return Object.keys(plan).length === 0 ? undefined : plan
}
