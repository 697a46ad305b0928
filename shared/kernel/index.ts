export { apply, type Operation, type Outcome } from './apply.ts'
export { applyLivepatching, type LivepatchOperation } from './apply-livepatching.ts'
export { explain } from './explain.ts'
export {
  type FunctionImage,
  imageOf,
  type LivepatchImage,
  type ModuleImage,
  type ObjectImage,
  type SymbolFacts,
  type Symbols,
  type TargetImage,
} from './image.ts'
export { implementationOf } from './implementation.ts'
export { symbolsFrom } from './kallsyms.ts'
export { aboutMessage } from './klp/about-message.ts'
export { loadedModules, sysfsTree } from './klp/sysfs.ts'
export { readAttribute, sysfsNode } from './klp/sysfs-files.ts'
export { TRANSITION_STATES } from './klp/transition.ts'
export { boot, type CallbackRun, type Machine } from './machine.ts'
export { machineOf, stackOf, withTracing } from './report.ts'
export { kernelRules, type RuleName, ruleSetFor, sourcesOf } from './rule-set.ts'
export type { ObservedStep } from './scenario/observe.ts'
export { runScenario } from './scenario/run-scenario.ts'
export { Scenario, type ScenarioStep } from './scenario/scenario.ts'
export { Stack, type StackEntry, stackDigest } from './stack.ts'
