import { codeAfter, functionName } from './function-name.ts'
import type { PatchedObject, SystemState } from './manifest.ts'
import { CALLBACK_KINDS, type CallbackKind } from './manifest.ts'

/** As much of a livepatch as a comparison needs: a manifest has it all. Null objects or states: unknown. */
export type Comparable = {
  readonly objects: readonly PatchedObject[] | null
  readonly states: readonly SystemState[] | null
  readonly fixes: readonly string[]
}

export type FunctionOf = { readonly object: string | null; readonly name: string; readonly sympos: string }
export type CallbackOf = { readonly object: string | null; readonly callback: CallbackKind }

/** What changes when the second livepatch takes the place of the first. `null` lists: one of the two is not known. */
export type Comparison = {
  readonly functions: {
    /** Patched by both, with the same code. */
    readonly kept: readonly FunctionOf[]
    /** Patched by both, with other code, or with code that could not be compared (`comparable: false`). */
    readonly repatched: readonly (FunctionOf & { readonly comparable: boolean })[]
    readonly added: readonly FunctionOf[]
    /** Back to the kernel's own code: what an approver must see first. */
    readonly reverted: readonly FunctionOf[]
  } | null
  readonly callbacks: { readonly gained: readonly CallbackOf[]; readonly lost: readonly CallbackOf[] } | null
  readonly states: {
    readonly gained: readonly SystemState[]
    readonly lost: readonly SystemState[]
    readonly changed: readonly { readonly id: string; readonly from: number; readonly to: number }[]
  } | null
  readonly fixes: { readonly gained: readonly string[]; readonly lost: readonly string[] }
}

type Coded = FunctionOf & { code: string | null }

const bare = ({ object, name, sympos }: FunctionOf): FunctionOf => ({ object, name, sympos })

/** By object, name and position; a function that is patched twice counts once, with its last code, as the kernel would run it. */
const functionsOf = (objects: readonly PatchedObject[]): Map<string, Coded> => {
  const found = new Map<string, Coded>()
  for (const object of objects)
    for (const { name, sympos, code } of object.functions) {
      const one = { object: object.name, name, sympos, code: code ?? null }
      found.set(functionName(one), one)
    }
  return found
}

const compareFunctions = (from: readonly PatchedObject[], to: readonly PatchedObject[]): NonNullable<Comparison['functions']> => {
  const [before, after] = [functionsOf(from), functionsOf(to)]
  const both = [...after].flatMap(([key, now]) => {
    const then = before.get(key)
    return then ? [{ function: bare(now), code: codeAfter(then.code, now.code) }] : []
  })
  return {
    kept: both.filter(({ code }) => code === 'kept').map(one => one.function),
    repatched: both.filter(({ code }) => code !== 'kept').map(one => ({ ...one.function, comparable: one.code !== 'unknown' })),
    added: [...after].filter(([key]) => !before.has(key)).map(([, now]) => bare(now)),
    reverted: [...before].filter(([key]) => !after.has(key)).map(([, then]) => bare(then)),
  }
}

const callbacksOf = (objects: readonly PatchedObject[]): Map<string, CallbackOf> => {
  const found = new Map<string, CallbackOf>()
  for (const object of objects)
    for (const callback of CALLBACK_KINDS)
      if (object.callbacks[callback] !== undefined) found.set(JSON.stringify([object.name, callback]), { object: object.name, callback })
  return found
}

const missingFrom = <T>(all: ReadonlyMap<string, T>, others: ReadonlyMap<string, T>): T[] =>
  [...all].filter(([key]) => !others.has(key)).map(([, value]) => value)

const gainsAndLosses = <T>(from: ReadonlyMap<string, T>, to: ReadonlyMap<string, T>): { gained: T[]; lost: T[] } => ({
  gained: missingFrom(to, from),
  lost: missingFrom(from, to),
})

const statesOf = (states: readonly SystemState[]): Map<string, SystemState> =>
  new Map(states.map(({ id, version }) => [id, { id, version }]))

const compareStates = (from: readonly SystemState[], to: readonly SystemState[]): NonNullable<Comparison['states']> => {
  const [before, after] = [statesOf(from), statesOf(to)]
  const changed = [...after.values()].flatMap(({ id, version }) => {
    const then = before.get(id)
    return then && then.version !== version ? [{ id, from: then.version, to: version }] : []
  })
  return { ...gainsAndLosses(before, after), changed }
}

const byText = (texts: readonly string[]): Map<string, string> => new Map(texts.map(text => [text, text]))

/** Compares what two livepatches do to a machine. Order in the files does not matter. */
export const compareLivepatches = (from: Comparable, to: Comparable): Comparison => {
  const known = from.objects && to.objects ? { from: from.objects, to: to.objects } : null
  return {
    functions: known && compareFunctions(known.from, known.to),
    callbacks: known && gainsAndLosses(callbacksOf(known.from), callbacksOf(known.to)),
    states: from.states && to.states ? compareStates(from.states, to.states) : null,
    fixes: gainsAndLosses(byText(from.fixes), byText(to.fixes)),
  }
}
