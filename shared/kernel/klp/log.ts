import type { Draft } from '../machine.ts'

type Line = {
  /** Level of printk; 'debug' lines show only with dynamic debug on for kernel/livepatch. */
  readonly level: 'error' | 'warning' | 'notice' | 'debug'
  readonly text: (...values: readonly string[]) => string
  /** The function that prints it. */
  readonly source: string
  readonly why: string
}

/** Every line that livepatching, and the module loader around it, can print: one row each, with the reason to print it. */
const LINES = {
  'not-marked': {
    level: 'error',
    text: patch => `livepatch: module ${patch} is not marked as a livepatch module`,
    source: 'kernel/livepatch/core.c: klp_enable_patch',
    why: 'The module has no livepatch in its modinfo.',
  },
  incompatible: {
    level: 'error',
    text: patch => `livepatch: Livepatch patch (${patch}) is not compatible with the already installed livepatches.`,
    source: 'kernel/livepatch/core.c: klp_enable_patch',
    why: 'A listed livepatch declares a state that this one has in an older version, or, being cumulative, not at all.',
  },
  'symbol-missing': {
    level: 'error',
    text: symbol => `livepatch: symbol '${symbol}' not found in symbol table`,
    source: 'kernel/livepatch/core.c: klp_find_object_symbol',
    why: 'The object is loaded and has no function of that name.',
  },
  'symbol-ambiguous': {
    level: 'error',
    text: (symbol, object) => `livepatch: unresolvable ambiguity for symbol '${symbol}' in object '${object}'`,
    source: 'kernel/livepatch/core.c: klp_find_object_symbol',
    why: 'Sympos 0 wants a unique name and the object has several functions of that name.',
  },
  'symbol-position': {
    level: 'error',
    text: (symbol, object, position) => `livepatch: symbol position ${position} for symbol '${symbol}' in object '${object}' not found`,
    source: 'kernel/livepatch/core.c: klp_find_object_symbol',
    why: 'The object has fewer functions of that name than the sympos asks for.',
  },
  'sysfs-duplicate': {
    level: 'warning',
    text: path => `sysfs: cannot create duplicate filename '${path}'`,
    source: 'fs/sysfs/dir.c: sysfs_warn_dup',
    why: 'The livepatch lists the same object, or the same function of one object, twice.',
  },
  'kobject-duplicate': {
    level: 'error',
    text: (prefix, name) =>
      `${prefix}kobject_add_internal failed for ${name} with -EEXIST, don't try to register things with the same name in the same directory.`,
    source: 'lib/kobject.c: kobject_add_internal',
    why: 'The livepatch lists the same object, or the same function of one object, twice.',
  },
  enabling: {
    level: 'notice',
    text: patch => `livepatch: enabling patch '${patch}'`,
    source: 'kernel/livepatch/core.c: __klp_enable_patch',
    why: 'The livepatch passed every check and no other transition is open.',
  },
  initializing: {
    level: 'debug',
    text: (patch, direction) => `livepatch: '${patch}': initializing ${direction} transition`,
    source: 'kernel/livepatch/transition.c: klp_init_transition',
    why: 'Every task gets the state that the transition leads away from.',
  },
  'pre-patch-failed': {
    level: 'warning',
    text: object => `livepatch: pre-patch callback failed for object '${object}'`,
    source: 'kernel/livepatch/core.c: __klp_enable_patch, klp_module_coming',
    why: 'pre_patch returned something else than 0.',
  },
  'no-location': {
    level: 'error',
    text: symbol => `livepatch: failed to find location for function '${symbol}'`,
    source: 'kernel/livepatch/patch.c: klp_patch_func',
    why: 'The function cannot be traced, so nothing can be hooked in.',
  },
  'register-failed': {
    level: 'error',
    text: (symbol, error) => `livepatch: failed to register ftrace handler for function '${symbol}' (${error})`,
    source: 'kernel/livepatch/patch.c: klp_patch_func',
    why: 'ftrace is switched off (sysctl kernel.ftrace_enabled), or somebody else redirects the function.',
  },
  'patch-object-failed': {
    level: 'warning',
    text: object => `livepatch: failed to patch object '${object}'`,
    source: 'kernel/livepatch/core.c: __klp_enable_patch',
    why: 'One of its functions could not be hooked.',
  },
  'enable-failed': {
    level: 'warning',
    text: patch => `livepatch: failed to enable patch '${patch}'`,
    source: 'kernel/livepatch/core.c: __klp_enable_patch',
    why: 'A pre_patch callback failed or a function could not be hooked; what was done is undone.',
  },
  canceling: {
    level: 'debug',
    text: patch => `livepatch: '${patch}': canceling patching transition, going to unpatch`,
    source: 'kernel/livepatch/transition.c: klp_cancel_transition',
    why: 'Enabling failed before any task could switch.',
  },
  starting: {
    level: 'notice',
    text: (patch, direction) => `livepatch: '${patch}': starting ${direction} transition`,
    source: 'kernel/livepatch/transition.c: klp_start_transition',
    why: 'From here on tasks switch one by one.',
  },
  signaling: {
    level: 'notice',
    text: () => 'livepatch: signaling remaining tasks',
    source: 'kernel/livepatch/transition.c: klp_send_signals',
    why: 'Fifteen retries did not end the transition: sleepers that can be interrupted are woken.',
  },
  reversing: {
    level: 'debug',
    text: (patch, from, to) => `livepatch: '${patch}': reversing transition from ${from} to ${to}`,
    source: 'kernel/livepatch/transition.c: klp_reverse_transition',
    why: '`enabled` of the livepatch in transition was written.',
  },
  forcing: {
    level: 'warning',
    text: () => 'livepatch: forcing remaining tasks to the patched state',
    source: 'kernel/livepatch/transition.c: klp_force_transition',
    why: '`force` was written; the text is the same in both directions.',
  },
  completing: {
    level: 'debug',
    text: (patch, direction) => `livepatch: '${patch}': completing ${direction} transition`,
    source: 'kernel/livepatch/transition.c: klp_complete_transition',
    why: 'Every task has reached the state that the transition leads to.',
  },
  complete: {
    level: 'notice',
    text: (patch, direction) => `livepatch: '${patch}': ${direction} complete`,
    source: 'kernel/livepatch/transition.c: klp_complete_transition',
    why: 'The callbacks have run; the next transition may start.',
  },
  applying: {
    level: 'notice',
    text: (patch, module) => `livepatch: applying patch '${patch}' to loading module '${module}'`,
    source: 'kernel/livepatch/core.c: klp_module_coming',
    why: 'A listed livepatch patches the module that is being loaded.',
  },
  'initialize-failed': {
    level: 'warning',
    text: (patch, module, error) => `livepatch: failed to initialize patch '${patch}' for module '${module}' (${error})`,
    source: 'kernel/livepatch/core.c: klp_module_coming',
    why: 'A function of the livepatch could not be found in the module.',
  },
  'apply-failed': {
    level: 'warning',
    text: (patch, module, error) => `livepatch: failed to apply patch '${patch}' to module '${module}' (${error})`,
    source: 'kernel/livepatch/core.c: klp_module_coming',
    why: 'A function of the module could not be hooked.',
  },
  refusing: {
    level: 'warning',
    text: (patch, module) => `livepatch: patch '${patch}' failed for module '${module}', refusing to load module '${module}'`,
    source: 'kernel/livepatch/core.c: klp_module_coming',
    why: 'A module is never loaded without the livepatches that patch it.',
  },
  reverting: {
    level: 'notice',
    text: (patch, module) => `livepatch: reverting patch '${patch}' on unloading module '${module}'`,
    source: 'kernel/livepatch/core.c: klp_cleanup_module_patches_limited',
    why: 'The module goes, or the loading of it failed.',
  },
  'vmlinux-module': {
    level: 'error',
    text: () => 'livepatch: vmlinux.ko: invalid module name',
    source: 'kernel/livepatch/core.c: klp_module_coming',
    why: 'A module of that name would be taken for the kernel itself.',
  },
  tainting: {
    level: 'notice',
    text: module => `${module}: tainting kernel with TAINT_LIVEPATCH`,
    source: 'kernel/module/main.c: check_modinfo_livepatch',
    why: 'The first livepatch module since boot.',
  },
  'suspicious-init': {
    level: 'warning',
    text: (prefix, module, result) => `${prefix}${module} suspiciously returned ${result}, it should follow 0/-E convention`,
    source: 'kernel/module/main.c: do_init_module',
    why: 'The init function returned a positive number; the module stays loaded.',
  },
  'init-exists': {
    level: 'warning',
    text: module => `${module}: init suspiciously returned -EEXIST: Overriding with -EBUSY`,
    source: 'kernel/module/main.c: do_init_module',
    why: 'EEXIST is kept for a module that is loaded already.',
  },
  'loading-anyway': {
    level: 'warning',
    text: () => 'do_init_module: loading module anyway...',
    source: 'kernel/module/main.c: do_init_module',
    why: 'The init function returned a positive number; the module stays loaded.',
  },
  'shadow-duplicate': {
    level: 'warning',
    text: (object, id) => `Duplicate shadow variable <${object}, ${id}>`,
    source: 'kernel/livepatch/shadow.c: __klp_shadow_get_or_alloc',
    why: 'klp_shadow_alloc found a variable of that object and id.',
  },
  'shadow-constructor': {
    level: 'error',
    text: (object, id, error) => `livepatch: Failed to construct shadow variable <${object}, ${id}> (${error})`,
    source: 'kernel/livepatch/shadow.c: __klp_shadow_get_or_alloc',
    why: 'The constructor returned something else than 0.',
  },
} as const satisfies Record<string, Line>

export type MessageId = keyof typeof LINES

/** What is known about a line of the log: level, printing function, reason. */
export const aboutMessage = (message: MessageId): Pick<Line, 'level' | 'source' | 'why'> => LINES[message]

export const say = (draft: Draft, message: MessageId, ...values: readonly string[]): void => {
  const line: Line = LINES[message]
  draft.events.push({ kind: 'message', message, text: line.text(...values) })
}
