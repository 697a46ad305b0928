import { hash } from 'node:crypto'
import type { CodeExtent, CodeNode } from './code-node.ts'

/**
 * Digests of what functions do, callees included, each function looked at once: Tarjan's strongly connected components, with a stack of our own,
 * because the depth is the file's choice. Functions that call each other in a circle share their component's digest; components below
 * enter by theirs. A function below which something is unknown has none.
 */
type Frame = { node: CodeNode; next: number; callees: readonly CodeNode[]; low: number; order: number; place: number; broken: boolean }

export const hashFrom = (
  start: CodeExtent,
  nodeOf: (extent: CodeExtent) => CodeNode | null,
  meanings: Map<string, string | null>,
): void => {
  const orders = new Map<string, number>()
  const component: Frame[] = []
  const path: Frame[] = []
  const enter = (node: CodeNode): void => {
    const callees = node.callees.map(nodeOf)
    const order = orders.size
    orders.set(node.extent.key, order)
    const frame: Frame = {
      node,
      next: 0,
      callees: callees.filter(callee => callee !== null),
      low: order,
      order,
      place: component.length,
      broken: callees.includes(null),
    }
    path.push(frame)
    component.push(frame)
  }
  const root = nodeOf(start)
  if (root) enter(root)
  for (let frame = path.at(-1); frame; frame = path.at(-1)) {
    const callee = frame.callees[frame.next]
    frame.next += 1
    if (callee) {
      if (meanings.has(callee.extent.key)) continue
      const order = orders.get(callee.extent.key)
      if (order === undefined) enter(callee)
      else frame.low = Math.min(frame.low, order)
      continue
    }
    path.pop()
    const caller = path.at(-1)
    if (caller) caller.low = Math.min(caller.low, frame.low)
    if (frame.low === frame.order) settle(component.splice(frame.place), meanings)
  }
}

const settle = (members: readonly Frame[], meanings: Map<string, string | null>): void => {
  const own = members.length > 1 ? new Set(members.map(({ node }) => node.extent.key)) : null
  const parts: string[] = []
  let isKnown = true
  for (const { node, callees, broken } of members) {
    parts.push(node.digest)
    if (broken) isKnown = false
    for (const callee of callees) {
      if (own ? own.has(callee.extent.key) : callee === node) continue
      const meaning = meanings.get(callee.extent.key) ?? null
      if (meaning === null) isKnown = false
      else parts.push(meaning)
    }
  }
  if (isKnown && parts.length > 1) {
    const shared = hash('sha256', parts.sort().join(' '))
    for (const { node } of members) meanings.set(node.extent.key, hash('sha256', `${node.digest} ${shared}`))
    return
  }
  // A function that calls nothing of the module means what its own code does.
  for (const { node } of members) meanings.set(node.extent.key, isKnown ? node.digest : null)
}
