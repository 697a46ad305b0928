/**
 * Runs inside a `vm` context of its own, in a worker of its own; its source text is carried over, so it refers to nothing outside itself.
 *
 * An expression gets hold of objects of this context only. The context has no `process`, no `require`, no timers, and compiles no code from
 * strings, so a way to the `Function` constructor (the published JSONata advisories of 2024 and 2026) ends in an EvalError. Values cross the
 * border as JSON text.
 */

export type SandboxHost = {
  readonly hash: (text: string, algorithm: string) => string
  readonly uuid: () => string
  /** Processor time of this thread so far. */
  readonly cpuMs: () => number
  readonly cpuMsMax: number
  readonly depthMax: number
  readonly sequenceMax: number
}

type Expression = {
  ast: () => unknown
  evaluate: (input: undefined, bindings: Record<string, unknown>) => Promise<unknown>
  registerFunction: (name: string, implementation: (...args: never[]) => unknown, signature?: string) => void
}

type Request = { at: number; sources: string[]; states: unknown; variables: Record<string, unknown> }

/** What crosses back, as JSON text: see `QueryFailure` in query.ts for the failures. */
export const sandbox = (jsonata: (source: string, options: object) => Expression, host: SandboxHost) => {
  /* The library keeps its time by Date.now; in here that is processor time. Expressions ask for the time by `$now()` and `$millis()` below. */
  Date.now = () => host.cpuMs()

  const range = (first: number, last: number, step: number) => {
    if (!Number.isInteger(first) || !Number.isInteger(last) || !Number.isInteger(step))
      throw { code: 'D9001', message: '$range takes integers' }
    if (step === 0) throw { code: 'D9001', message: 'The step of $range must not be zero' }
    const count = Math.floor((last - first) / step) + 1
    if (count > host.sequenceMax) throw { code: 'D2015', message: 'The result of $range is too long' }
    const numbers = Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step)
    /* On the service its result is one of JSONata's sequences: a single number stands for itself. */
    return Object.assign(numbers, { sequence: true })
  }
  const partition = (items: unknown[] | undefined, size: number) => {
    if (items === undefined) return undefined
    if (!Number.isInteger(size) || size < 1) throw { code: 'D9002', message: 'The size of a partition must be a positive integer' }
    return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, index * size + size))
  }
  /* java.util.Random, whose first double is what a seed stands for. */
  const seeded = (seed: number) => {
    const multiplier = 0x5deece66dn
    const mask = (1n << 48n) - 1n
    let state = (BigInt(Math.trunc(seed)) ^ multiplier) & mask
    const next = (bits: bigint) => {
      state = (state * multiplier + 0xbn) & mask
      return state >> (48n - bits)
    }
    return Number((next(26n) << 27n) + next(27n)) / 2 ** 53
  }
  const algorithms: Record<string, string> = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' }
  const hash = (text: string | undefined, algorithm: string | undefined) => {
    if (text === undefined) return undefined
    const name = algorithms[algorithm ?? 'SHA-256']
    if (name === undefined) throw { code: 'D9003', message: 'Unknown hash algorithm: ' + algorithm }
    return host.hash(text, name)
  }
  const parse = (text: string | undefined) => {
    if (text === undefined) return undefined
    try {
      return JSON.parse(text)
    } catch {
      throw { code: 'D9004', message: 'The argument of $parse is not valid JSON' }
    }
  }

  const compiled = new Map<string, Expression>()
  const compile = (source: string) => {
    const known = compiled.get(source)
    if (known !== undefined) return known
    const expression = jsonata(source, { timeout: host.cpuMsMax, stack: host.depthMax, sequence: host.sequenceMax })
    expression.registerFunction('partition', partition, '<an:a<a>>')
    expression.registerFunction('range', range, '<nnn:a<n>>')
    expression.registerFunction('hash', hash, '<s-s?:s>')
    expression.registerFunction('random', (seed?: number) => (seed === undefined ? Math.random() : seeded(seed)), '<n?:n>')
    expression.registerFunction('uuid', () => host.uuid(), '<:s>')
    expression.registerFunction('parse', parse, '<s-:x>')
    expression.registerFunction('millis', () => now, '<:n>')
    expression.registerFunction(
      'now',
      (picture?: string, timezone?: string) => fromMillis.evaluate(undefined, { at: now, picture, timezone }),
      '<s?s?:s>',
    )
    if (compiled.size > 500) compiled.clear()
    compiled.set(source, expression)
    return expression
  }

  /* A value that JSON cannot carry (a function, above all) is no result. `seen` also bounds what a transform may have made circular. */
  const isJson = (value: unknown, depth: number): boolean => {
    if (depth > 1000) return false
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
    if (typeof value === 'number') return Number.isFinite(value)
    if (Array.isArray(value)) return value.every(item => isJson(item, depth + 1))
    if (typeof value !== 'object' || '_jsonata_function' in value || '_jsonata_lambda' in value) return false
    return Object.values(value).every(item => item === undefined || isJson(item, depth + 1))
  }

  /* The bounds of an evaluation have sentences of their own on the service, without a code. */
  const bounds: Record<string, string> = {
    D1011: 'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
    D1012: 'Expression evaluation timeout: Check for infinite loop',
    D2014: 'Expression evaluation memory limit exceeded: Check for excessive memory usage',
    D2015: 'Expression evaluation memory limit exceeded: Check for excessive memory usage',
  }
  const faultOf = (error: unknown): { code: string; message: string } => {
    if (typeof error !== 'object' || error === null) return { code: '', message: String(error) }
    const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
    const text = 'message' in error && typeof error.message === 'string' ? error.message : 'Evaluation failed'
    const bound = bounds[code]
    return bound === undefined ? { code, message: text } : { code: '', message: bound }
  }

  /* `$now()` and `$millis()` tell the interpreter's time, not the machine's. */
  let now = 0
  const fromMillis = jsonata('$fromMillis($at, $picture, $timezone)', {})

  /* An expression has no context item: a path that begins with a bare name at the top reads from nothing. */
  const itemwise = new Set(['predicate', 'stages', 'group', 'pattern', 'update', 'delete', 'terms'])
  const topLevelNames = (node: unknown, top: boolean): string[] => {
    if (Array.isArray(node)) return node.flatMap(item => topLevelNames(item, top))
    if (typeof node !== 'object' || node === null) return []
    const { type, value, steps, ...rest } = { type: '', value: '', steps: [], ...node }
    if (type === 'path') return steps.flatMap((step, index) => topLevelNames(step, top && index === 0))
    const own = type === 'name' && top ? [value] : []
    return [...own, ...Object.entries(rest).flatMap(([property, child]) => topLevelNames(child, top && !itemwise.has(property)))]
  }

  const evaluate = async (source: string, bindings: Record<string, unknown>) => {
    try {
      /* `$eval` would turn data into code. The service has none either. */
      const value = await compile(source).evaluate(undefined, { ...bindings, eval: undefined })
      if (value === undefined) return { failed: 'undefined' }
      if (!isJson(value, 0)) return { failed: 'unsupported' }
      return { value }
    } catch (error) {
      return { failed: 'threw', ...faultOf(error) }
    }
  }

  return {
    /** `request` is JSON: the sources, and `states` and `variables` as values. The answer holds one entry for each source up to the first failure. */
    evaluateAll: async (request: string): Promise<string> => {
      const { at, sources, states, variables }: Request = JSON.parse(request)
      now = at
      const answers: unknown[] = []
      for (const source of sources) {
        const answer = await evaluate(source, { ...variables, states })
        answers.push(answer)
        if ('failed' in answer) break
      }
      return JSON.stringify(answers)
    },
    /** What speaks against a source before it ever runs, as JSON text: a list of code and message. */
    complaints: (source: string): string => {
      try {
        const names = [...new Set(topLevelNames(jsonata(source, {}).ast(), true))]
        const reference = (name: string) => "Reference to '" + name + "' at the top level is not supported."
        return JSON.stringify(names.map(name => ({ code: 'UNSUPPORTED_JSONATA_EXPRESSION', message: reference(name) })))
      } catch (error) {
        return JSON.stringify([{ code: 'INVALID_JSONATA_EXPRESSION', message: faultOf(error).message }])
      }
    },
  }
}
