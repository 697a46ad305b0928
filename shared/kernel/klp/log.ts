import type { Draft } from '../machine.ts'

/** Every line that livepatching, and the module loader around it, can print. What each means is told in about-message.ts. */
const LINES = {
  'not-marked': patch => `livepatch: module ${patch} is not marked as a livepatch module`,
  incompatible: patch => `livepatch: Livepatch patch (${patch}) is not compatible with the already installed livepatches.`,
  'symbol-missing': symbol => `livepatch: symbol '${symbol}' not found in symbol table`,
  'symbol-ambiguous': (symbol, object) => `livepatch: unresolvable ambiguity for symbol '${symbol}' in object '${object}'`,
  'symbol-position': (symbol, object, position) =>
    `livepatch: symbol position ${position} for symbol '${symbol}' in object '${object}' not found`,
  'sysfs-duplicate': path => `sysfs: cannot create duplicate filename '${path}'`,
  'kobject-duplicate': (prefix, name) =>
    `${prefix}kobject_add_internal failed for ${name} with -EEXIST, don't try to register things with the same name in the same directory.`,
  enabling: patch => `livepatch: enabling patch '${patch}'`,
  initializing: (patch, direction) => `livepatch: '${patch}': initializing ${direction} transition`,
  'pre-patch-failed': object => `livepatch: pre-patch callback failed for object '${object}'`,
  'no-location': symbol => `livepatch: failed to find location for function '${symbol}'`,
  'register-failed': (symbol, error) => `livepatch: failed to register ftrace handler for function '${symbol}' (${error})`,
  'patch-object-failed': object => `livepatch: failed to patch object '${object}'`,
  'enable-failed': patch => `livepatch: failed to enable patch '${patch}'`,
  canceling: patch => `livepatch: '${patch}': canceling patching transition, going to unpatch`,
  starting: (patch, direction) => `livepatch: '${patch}': starting ${direction} transition`,
  signaling: () => 'livepatch: signaling remaining tasks',
  reversing: (patch, from, to) => `livepatch: '${patch}': reversing transition from ${from} to ${to}`,
  forcing: () => 'livepatch: forcing remaining tasks to the patched state',
  completing: (patch, direction) => `livepatch: '${patch}': completing ${direction} transition`,
  complete: (patch, direction) => `livepatch: '${patch}': ${direction} complete`,
  applying: (patch, module) => `livepatch: applying patch '${patch}' to loading module '${module}'`,
  'initialize-failed': (patch, module, error) => `livepatch: failed to initialize patch '${patch}' for module '${module}' (${error})`,
  'apply-failed': (patch, module, error) => `livepatch: failed to apply patch '${patch}' to module '${module}' (${error})`,
  refusing: (patch, module) => `livepatch: patch '${patch}' failed for module '${module}', refusing to load module '${module}'`,
  reverting: (patch, module) => `livepatch: reverting patch '${patch}' on unloading module '${module}'`,
  'vmlinux-module': () => 'livepatch: vmlinux.ko: invalid module name',
  tainting: module => `${module}: tainting kernel with TAINT_LIVEPATCH`,
  'suspicious-init': (prefix, module, result) => `${prefix}${module} suspiciously returned ${result}, it should follow 0/-E convention`,
  'init-exists': module => `${module}: init suspiciously returned -EEXIST: Overriding with -EBUSY`,
  'loading-anyway': () => 'do_init_module: loading module anyway...',
  'shadow-duplicate': (object, id) => `Duplicate shadow variable <${object}, ${id}>`,
  'shadow-constructor': (object, id, error) => `livepatch: Failed to construct shadow variable <${object}, ${id}> (${error})`,
} as const satisfies Record<string, (...values: readonly string[]) => string>

export type MessageId = keyof typeof LINES

export const say = (draft: Draft, message: MessageId, ...values: readonly string[]): void => {
  const line: (...values: readonly string[]) => string = LINES[message]
  draft.events.push({ kind: 'message', message, text: line(...values) })
}
