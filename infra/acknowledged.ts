import { type Stack, Validations } from 'aws-cdk-lib'

/** Every rule of cdk-nag that the stack does not follow, with its reason. */
const ACKNOWLEDGED = [] as const satisfies readonly { readonly path: string; readonly id: string; readonly reason: string }[]

export const acknowledge = (stack: Stack): void => {
  for (const { path, id, reason } of ACKNOWLEDGED as readonly { path: string; id: string; reason: string }[]) {
    const construct = path === '' ? stack : stack.node.findChild(path)
    Validations.of(construct).acknowledge({ id, reason })
  }
}
