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
  if (latest === first) {
    first.meaning = meaningAlone(first)
    return end
  }
  const parts: string[] = []
  let isKnown = true
  for (let node = latest; node && node !== end; node = node.below) {
    parts.push(node.digest ?? '')
    for (const { meaning, order } of node.callees) {
      if (meaning) parts.push(meaning)
      else if (meaning === null || order === UNMET) isKnown = false
    }
  }
  const shared = isKnown ? hash('sha256', parts.sort().join(' ')) : null
  for (let node = latest; node && node !== end; node = node.below) node.meaning = shared && hash('sha256', `${node.digest} ${shared}`)
  return end
}

/** What a function means that is in no circle, or only calls itself: its own code, and what those below it mean. */
const meaningAlone = (node: CodeNode): string | null => {
  const [only, second] = node.callees
  if (only && !second && only !== node) return only.meaning ? hash('sha256', `${node.digest} ${only.meaning}`) : null
  const parts: string[] = []
  for (const callee of node.callees) {
    if (callee === node) continue
    if (!callee.meaning) return null
    parts.push(callee.meaning)
  }
  return parts.length === 0 ? node.digest : hash('sha256', `${node.digest} ${parts.sort().join(' ')}`)
}
