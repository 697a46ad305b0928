import type { MessageId } from './log.ts'

type About = {
  /** Level of printk; 'debug' lines show only with dynamic debug on for kernel/livepatch. */
  readonly level: 'error' | 'warning' | 'notice' | 'debug'
  /** The function that prints it. */
  readonly source: string
  readonly why: string
}

/** The reason to print each line: for those who explain a log, and not for those who only make one. */
const ABOUT: Readonly<Record<MessageId, About>> = {
  'not-marked': {
    level: 'error',
    source: 'kernel/livepatch/core.c: klp_enable_patch',
    why: 'The module has no livepatch in its modinfo.',
  },
  incompatible: {
    level: 'error',
    source: 'kernel/livepatch/core.c: klp_enable_patch',
    why: 'A listed livepatch declares a state that this one has in an older version, or, being cumulative, not at all.',
  },
  'symbol-missing': {
    level: 'error',
    source: 'kernel/livepatch/core.c: klp_find_object_symbol',
    why: 'The object is loaded and has no function of that name.',
  },
  'symbol-ambiguous': {
    level: 'error',
    source: 'kernel/livepatch/core.c: klp_find_object_symbol',
    why: 'Sympos 0 wants a unique name and the object has several functions of that name.',
  },
  'symbol-position': {
    level: 'error',
    source: 'kernel/livepatch/core.c: klp_find_object_symbol',
    why: 'The object has fewer functions of that name than the sympos asks for.',
  },
  'sysfs-duplicate': {
    level: 'warning',
    source: 'fs/sysfs/dir.c: sysfs_warn_dup',
    why: 'The livepatch lists the same object, or the same function of one object, twice.',
  },
  'kobject-duplicate': {
    level: 'error',
    source: 'lib/kobject.c: kobject_add_internal',
    why: 'The livepatch lists the same object, or the same function of one object, twice.',
  },
  enabling: {
    level: 'notice',
    source: 'kernel/livepatch/core.c: __klp_enable_patch',
    why: 'The livepatch passed every check and no other transition is open.',
  },
  initializing: {
    level: 'debug',
    source: 'kernel/livepatch/transition.c: klp_init_transition',
    why: 'Every task gets the state that the transition leads away from.',
  },
  'pre-patch-failed': {
    level: 'warning',
    source: 'kernel/livepatch/core.c: __klp_enable_patch, klp_module_coming',
    why: 'pre_patch returned something else than 0.',
  },
  'no-location': {
    level: 'error',
    source: 'kernel/livepatch/patch.c: klp_patch_func',
    why: 'The function cannot be traced, so nothing can be hooked in.',
  },
  'register-failed': {
    level: 'error',
    source: 'kernel/livepatch/patch.c: klp_patch_func',
    why: 'ftrace is switched off (sysctl kernel.ftrace_enabled), or somebody else redirects the function.',
  },
  'patch-object-failed': {
    level: 'warning',
    source: 'kernel/livepatch/core.c: __klp_enable_patch',
    why: 'One of its functions could not be hooked.',
  },
  'enable-failed': {
    level: 'warning',
    source: 'kernel/livepatch/core.c: __klp_enable_patch',
    why: 'A pre_patch callback failed or a function could not be hooked; what was done is undone.',
  },
  canceling: {
    level: 'debug',
    source: 'kernel/livepatch/transition.c: klp_cancel_transition',
    why: 'Enabling failed before any task could switch.',
  },
  starting: {
    level: 'notice',
    source: 'kernel/livepatch/transition.c: klp_start_transition',
    why: 'From here on tasks switch one by one.',
  },
  signaling: {
    level: 'notice',
    source: 'kernel/livepatch/transition.c: klp_send_signals',
    why: 'Fifteen retries did not end the transition: sleepers that can be interrupted are woken.',
  },
  reversing: {
    level: 'debug',
    source: 'kernel/livepatch/transition.c: klp_reverse_transition',
    why: '`enabled` of the livepatch in transition was written.',
  },
  forcing: {
    level: 'warning',
    source: 'kernel/livepatch/transition.c: klp_force_transition',
    why: '`force` was written; the text is the same in both directions.',
  },
  completing: {
    level: 'debug',
    source: 'kernel/livepatch/transition.c: klp_complete_transition',
    why: 'Every task has reached the state that the transition leads to.',
  },
  complete: {
    level: 'notice',
    source: 'kernel/livepatch/transition.c: klp_complete_transition',
    why: 'The callbacks have run; the next transition may start.',
  },
  applying: {
    level: 'notice',
    source: 'kernel/livepatch/core.c: klp_module_coming',
    why: 'A listed livepatch patches the module that is being loaded.',
  },
  'initialize-failed': {
    level: 'warning',
    source: 'kernel/livepatch/core.c: klp_module_coming',
    why: 'A function of the livepatch could not be found in the module.',
  },
  'apply-failed': {
    level: 'warning',
    source: 'kernel/livepatch/core.c: klp_module_coming',
    why: 'A function of the module could not be hooked.',
  },
  refusing: {
    level: 'warning',
    source: 'kernel/livepatch/core.c: klp_module_coming',
    why: 'A module is never loaded without the livepatches that patch it.',
  },
  reverting: {
    level: 'notice',
    source: 'kernel/livepatch/core.c: klp_cleanup_module_patches_limited',
    why: 'The module goes, or the loading of it failed.',
  },
  'vmlinux-module': {
    level: 'error',
    source: 'kernel/livepatch/core.c: klp_module_coming',
    why: 'A module of that name would be taken for the kernel itself.',
  },
  tainting: {
    level: 'notice',
    source: 'kernel/module/main.c: check_modinfo_livepatch',
    why: 'The first livepatch module since boot.',
  },
  'suspicious-init': {
    level: 'warning',
    source: 'kernel/module/main.c: do_init_module',
    why: 'The init function returned a positive number; the module stays loaded.',
  },
  'init-exists': {
    level: 'warning',
    source: 'kernel/module/main.c: do_init_module',
    why: 'EEXIST is kept for a module that is loaded already.',
  },
  'loading-anyway': {
    level: 'warning',
    source: 'kernel/module/main.c: do_init_module',
    why: 'The init function returned a positive number; the module stays loaded.',
  },
  'shadow-duplicate': {
    level: 'warning',
    source: 'kernel/livepatch/shadow.c: __klp_shadow_get_or_alloc',
    why: 'klp_shadow_alloc found a variable of that object and id.',
  },
  'shadow-constructor': {
    level: 'error',
    source: 'kernel/livepatch/shadow.c: __klp_shadow_get_or_alloc',
    why: 'The constructor returned something else than 0.',
  },
}

/** What is known about a line of the log: level, printing function, reason. */
export const aboutMessage = (message: MessageId): About => ABOUT[message]
