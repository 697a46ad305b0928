/** Names of machines and executions: `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME` and `…:execution:MACHINE:NAME`. */
export type Arns = {
  machine: (name: string) => string
  execution: (machine: string, name: string) => string
}

export const arnsOf = (region: string, account: string): Arns => ({
  machine: name => `arn:aws:states:${region}:${account}:stateMachine:${name}`,
  execution: (machine, name) => `arn:aws:states:${region}:${account}:execution:${machine}:${name}`,
})

/** 1 to 80 characters, without white space and what the service reserves. */
export const isName = (name: string): boolean =>
  name.length >= 1 && name.length <= 80 && !/[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]/.test(name)
