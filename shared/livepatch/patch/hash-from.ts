import { hash } from 'node:crypto'
import { type CodeNode, UNMET } from './code-node.ts'

/**
 * Digests of what functions do, callees included, each function looked at once: Tarjan's strongly connected components, with stacks that are
 * linked through the functions, because the depth is the file's choice. Functions that call each other in a circle share their component's
 * digest; components below enter by theirs. A function below which something is unknown has none.
 *
 * Fills in the meaning of `start` and of everything below it. `look` fills in digest and callees, or answers that it cannot.
 */
export const hashFrom = (start: CodeNode, look: (node: CodeNode) => boolean): void => {
  if (!look(start)) return
  if (start.callees.length === 0) {
    start.meaning = start.digest
    return
  }
  let unsettled: CodeNode | null = enter(start, null, null, look)
  for (let node: CodeNode | null = start; node; ) {
    const callee: CodeNode | undefined = node.callees[node.next]
    node.next += 1
    if (!callee) {
      if (node.low === node.order) unsettled = settle(unsettled, node)
      if (node.caller) node.caller.low = Math.min(node.caller.low, node.low)
      node = node.caller
    } else if (callee.digest !== null && callee.meaning === undefined) {
      if (callee.order === UNMET) unsettled = node = enter(callee, node, unsettled, look)
      else node.low = Math.min(node.low, callee.order)
    }
  }
}

const enter = (node: CodeNode, caller: CodeNode | null, below: CodeNode | null, look: (node: CodeNode) => boolean): CodeNode => {
  for (const callee of node.callees) look(callee)
  node.order = node.low = below ? below.order + 1 : 0
  node.caller = caller
  node.below = below
  return node
}

/** Settles a component: all that were met since `first`. Until they mean something, a callee that was met and does not yet is one of them. */
const settle = (latest: CodeNode | null, first: CodeNode): CodeNode | null => {
  const end = first.below
  const parts: string[] = []
  let isKnown = true
  for (let node = latest; node && node !== end; node = node.below) {
    parts.push(node.digest ?? '')
    for (const { meaning, order } of node.callees) {
      if (meaning) parts.push(meaning)
      else if (meaning === null || order === UNMET) isKnown = false
    }
  }
  // A function that calls nothing of the module means what its own code does.
  const shared = isKnown && parts.length > 1 ? hash('sha256', sorted(parts).join(' ')) : null
  for (let node = latest; node && node !== end; node = node.below)
    node.meaning = !isKnown ? null : shared === null ? node.digest : hash('sha256', `${node.digest} ${shared}`)
  return end
}

/** Most functions name one other, and sorting two strings the general way costs more than hashing them. */
const sorted = (parts: string[]): string[] => {
  const [first = '', second = ''] = parts
  if (parts.length > 2) return parts.sort()
  return first > second ? [second, first] : parts
}
