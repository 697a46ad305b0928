/** A variable that infra sets for the functions that need it. A missing one is a fault of the deployment, named as such. */
export const required = (name: string): string => {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`)
  return value
}

export const optional = (name: string, otherwise: string): string => process.env[name] || otherwise
export const isSet = (name: string): boolean => Boolean(process.env[name])

/** Makes something at its first use and keeps it: what a function does not need in one invocation it does not make. */
export const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** A handler that is wired at its first invocation, so that loading the module stays cheap. */
export const wired = <E, C, R>(make: () => (event: E, context: C) => R): ((event: E, context: C) => R) => {
  const handler = lazily(make)
  return (event, context) => handler()(event, context)
}
