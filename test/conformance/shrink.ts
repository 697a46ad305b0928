type Step = Readonly<Record<string, unknown>>
type Part = Readonly<Record<string, unknown>>
type Document = { readonly name: string; readonly modules: readonly Part[]; readonly steps: readonly Step[] }

const INPUTS = ['op', 'module', 'patch', 'value', 'id', 'func', 'path', 'ms', 'signal', 'settle'] as const

const inputOf = (step: Step): Step => Object.fromEntries(INPUTS.flatMap(key => (key in step ? [[key, step[key]]] : [])))

const without = <Item>(items: readonly Item[], index: number): Item[] => items.filter((_, position) => position !== index)

const listOf = (value: unknown): readonly Part[] => (Array.isArray(value) ? value : [])

/** The same scenario with one thing less: a step, a module, an object, a function, a callback. */
const smaller = (document: Document): Document[] => {
  const { modules, steps } = document
  const replaced = (index: number, part: Part): Document => ({ ...document, modules: modules.map((m, at) => (at === index ? part : m)) })
  const inModules = modules.flatMap((module, index) => [
    { ...document, modules: without(modules, index) },
    ...listOf(module.objects).flatMap((object, at) => {
      const objects = listOf(module.objects)
      const put = (changed: Part): Document => replaced(index, { ...module, objects: objects.map((o, p) => (p === at ? changed : o)) })
      return [
        replaced(index, { ...module, objects: without(objects, at) }),
        ...(Object.keys(object.callbacks ?? {}).length > 0 ? [put({ ...object, callbacks: {} })] : []),
        ...listOf(object.funcs).map((_, func) => put({ ...object, funcs: without(listOf(object.funcs), func) })),
      ]
    }),
    ...(module.states === undefined ? [] : [replaced(index, { ...module, states: [] })]),
  ])
  return [...steps.map((_, index) => ({ ...document, steps: without(steps, index) })), ...inModules]
}

/** A recording as a scenario to be recorded again, with the probes that it had. */
const scenarioOf = (text: string): Document & { readonly probe: readonly string[] } => {
  const { steps, kernel: _, ...document } = JSON.parse(text)
  const probe = Object.keys(listOf(steps)[0]?.calls ?? {})
  return { ...document, probe, steps: listOf(steps).map(inputOf) }
}

/**
 * The smallest recording still wanted that can be reached by leaving out one thing after the other. `record` runs scenarios on the
 * real kernel, all candidates of a round at once.
 */
export const shrink = (text: string, record: (scenarios: readonly unknown[]) => string[], isWanted: (text: string) => boolean): string => {
  let best = text
  for (;;) {
    const candidates = smaller(scenarioOf(best)).map((document, index) => ({ ...document, name: `${document.name}~${index}` }))
    const found = record(candidates).find(isWanted)
    if (found === undefined) return best
    const { name, ...document } = JSON.parse(found)
    best = JSON.stringify({ name: String(name).replace(/~\d+$/, ''), ...document })
  }
}
