export { apply, type Operation, type Outcome } from './apply.ts'
export { type Answer, ERRNO, type Errno } from './errno.ts'
export type { KernelEvent, StateSeen } from './event.ts'
export { type Blocker, type Explanation, explain } from './explain.ts'
export {
  type FunctionImage,
  imageOf,
  type LivepatchImage,
  type ModuleImage,
  type ObjectImage,
  type StateImage,
  type SymbolFacts,
  type Symbols,
  type TargetImage,
} from './image.ts'
export { implementationOf } from './implementation.ts'
export { aboutMessage, type MessageId } from './klp/log.ts'
export type { ShadowCall, ShadowVariable } from './klp/shadow.ts'
export { loadedModules, type SysfsPatch, sysfsTree } from './klp/sysfs.ts'
export { readAttribute, type SysfsNode, sysfsNode } from './klp/sysfs-files.ts'
export { TRANSITION_STATES } from './klp/transition.ts'
export { type BootOptions, boot, type CallbackRun, type Machine, ORIGINAL } from './machine.ts'
export { machineOf, stackOf } from './report.ts'
export { type RuleName, type RuleSet, ruleSetFor, sourcesOf } from './rule-set.ts'
export { type ObservedStep, runScenario } from './scenario/run-scenario.ts'
export { Scenario, type ScenarioStep } from './scenario/scenario.ts'
export { Stack, type StackEntry, stackDigest } from './stack.ts'
