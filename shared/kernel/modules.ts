import { failure } from './errno.ts'
import type { LivepatchImage, ModuleImage } from './image.ts'
import { endTasksOf, keepsFromExit, loseCode, spawnKthread, wakeSleepers } from './klp/calls.ts'
import { moduleComing, moduleGoing } from './klp/coming-going.ts'
import { enablePatch } from './klp/enable.ts'
import { giveFunctionBack, takeFunction } from './klp/function-stack.ts'
import { say } from './klp/log.ts'
import { type Draft, dropModule, setModule } from './machine.ts'

const taint = (draft: Draft, image: ModuleImage): void => {
  if (image.kind !== 'livepatch' || image.marked === false || draft.tainted) return
  say(draft, 'tainting', image.name)
  draft.tainted = true
}

const initLivepatch = (draft: Draft, image: LivepatchImage): number => {
  const enabled = image.enables === false ? 0 : enablePatch(draft, image)
  if (enabled !== 0) return enabled
  const result = image.initResult ?? 0
  if (result < 0 && image.enables !== false)
    draft.undefinedSince = `the init of ${image.name} failed after klp_enable_patch, so the kernel freed code that is in use`
  return result
}

const init = (draft: Draft, image: ModuleImage): number => {
  draft.events.push({ kind: 'init', module: image.name })
  if (image.kind === 'livepatch') return initLivepatch(draft, image)
  return image.takes ? takeFunction(draft, image.takes.object, image.takes.name) : (image.initResult ?? 0)
}

const goAway = (draft: Draft, name: string): void => {
  const module = draft.modules.get(name)
  if (module !== undefined) setModule(draft, name, { ...module, state: 'going' })
  moduleGoing(draft, name)
  dropModule(draft, name)
}

const complainAboutInit = (draft: Draft, name: string, result: number): void => {
  if (draft.rules.suspiciousInit === 'one-line') {
    say(draft, 'suspicious-init', '', `${name}: init`, `${result}`)
    return
  }
  say(draft, 'suspicious-init', 'do_init_module: ', `'${name}'->init`, `${result}`)
  say(draft, 'loading-anyway')
}

/** Source: kernel/module/main.c: do_init_module. */
const initModule = (draft: Draft, image: ModuleImage): number => {
  const result = init(draft, image)
  if (result < 0) {
    const overridden = draft.rules.initExistsMeansBusy && result === failure('EEXIST')
    if (overridden) say(draft, 'init-exists', image.name)
    goAway(draft, image.name)
    return overridden ? failure('EBUSY') : result
  }
  if (result > 0) complainAboutInit(draft, image.name, result)
  const module = draft.modules.get(image.name)
  if (module !== undefined) setModule(draft, image.name, { ...module, state: 'live' })
  if (result === 0 && image.kind === 'target' && image.kthread !== undefined) spawnKthread(draft, image.name, image.kthread)
  return 0
}

/** insmod: 0 or a negative errno. Source: kernel/module/main.c: load_module. */
export const loadModule = (draft: Draft, image: ModuleImage): number => {
  if (draft.rules.taintsBeforeNameCheck) taint(draft, image)
  if (draft.modules.has(image.name)) return failure('EEXIST')
  taint(draft, image)
  setModule(draft, image.name, { image, state: 'coming', references: 0, alive: false, released: false })
  const result = moduleComing(draft, image.name)
  if (result === 0) return initModule(draft, image)
  dropModule(draft, image.name)
  return result
}

/**
 * rmmod without force: 0 or a negative errno. A livepatch is pinned from its enabling until it is freed; a module that is patched
 * is never pinned. Where the real call would never return, because a task sleeps in a livepatch's replacement of one of the
 * module's functions, the answer is EDEADLK and the machine is undefined from there. Source: kernel/module/main.c: delete_module.
 */
export const unloadModule = (draft: Draft, name: string): number => {
  const module = draft.modules.get(name)
  if (module === undefined) return failure('ENOENT')
  if (module.references !== 0) return failure('EAGAIN')
  const blocker = module.image.kind === 'target' ? keepsFromExit(draft, name) : undefined
  if (blocker !== undefined) {
    draft.undefinedSince = `rmmod of ${name} does not return: ${blocker.id} sleeps in a replacement of one of its functions`
    return failure('EDEADLK')
  }
  const lost = loseCode(draft, name)
  if (lost.length > 0) draft.undefinedSince = `${name} was unloaded while ${lost.join(', ')} slept in its code`
  endTasksOf(draft, name)
  if (module.image.kind === 'target' && module.image.takes) giveFunctionBack(draft, module.image.takes.object, module.image.takes.name)
  draft.events.push({ kind: 'exit', module: name })
  goAway(draft, name)
  return 0
}

/** Lets everything that sleeps in the module's functions go on. Not a kernel interface: the module's own parameter. */
export const releaseModule = (draft: Draft, name: string, released: boolean): number => {
  const module = draft.modules.get(name)
  if (module === undefined) return failure('ENOENT')
  setModule(draft, name, { ...module, released })
  if (released) wakeSleepers(draft, name)
  return 0
}
