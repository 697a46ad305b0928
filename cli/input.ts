import type { Api } from './api.ts'
import { Failure } from './failure.ts'
import type { Ended, Shell } from './shell.ts'

/** What a command is run with. */
export type Input = {
  readonly shell: Shell
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
  readonly json: boolean
  /** Connects when first asked, so that offline commands need no server and no login. */
  readonly api: () => Api
}
export type Run = (input: Input) => Promise<Ended>

/** An option's text; undefined where it was not given. */
export const given = ({ options }: Input, name: string): string | undefined => {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}
export const isSet = ({ options }: Input, name: string): boolean => options[name] === true
export const allGiven = ({ options }: Input, name: string): readonly string[] => {
  const value = options[name]
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}
/** An option that the command line demands (commander has refused to go on without it). */
export const needed = (input: Input, name: string): string => {
  const value = given(input, name)
  if (value === undefined) throw new Failure('usage', `--${name} is needed`)
  return value
}
export const firstArgument = ({ args }: Input): string => args[0] ?? ''

/** A whole number of an option, within bounds. */
export const numberGiven = (input: Input, name: string, [min, max]: readonly [number, number]): number | undefined => {
  const text = given(input, name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) throw new Failure('usage', `--${name} takes a whole number from ${min} to ${max}`)
  return value
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 }

/** A time of an option in seconds: `90`, `90s`, `15m`, `2h`, `3d`, `500ms`. */
export const secondsGiven = (input: Input, name: string): number | undefined => {
  const text = given(input, name)
  if (text === undefined) return undefined
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? []
  if (number === undefined) throw new Failure('usage', `--${name} takes a time, for example 30s, 15m, 2h or 3d`)
  return Number(number) * (UNITS[unit] ?? 1)
}
