/**
 * Kernel releases as data. Each row is one behaviour that changed, with the release that changed it and where that is known from;
 * the rule set of a release is the last value not newer than it. No other file of this room knows a release number.
 */

type Since<Value> = { readonly since: string; readonly value: Value; readonly source: string }

const DIFFERENCES = {
  /** System states (`klp_state`) and their compatibility check exist. */
  systemStates: [
    { since: '0', value: false, source: 'kernel/livepatch/state.c does not exist before 5.5' },
    { since: '5.5', value: true, source: 'kernel/livepatch/state.c: klp_is_patch_compatible, since 5.5' },
  ],
  /** `enabled`, `force` and `transition` are older than every release here; these came later. */
  patchedAttribute: [
    { since: '0', value: false, source: 'kernel/livepatch/core.c has no patched_show before 6.1' },
    { since: '6.1', value: true, source: 'kernel/livepatch/core.c: patched_show, since 6.1; recorded on 6.1' },
  ],
  replaceAttribute: [
    { since: '0', value: false, source: 'recorded on 6.1: absent' },
    { since: '6.11', value: true, source: 'kernel/livepatch/core.c: replace_show, since 6.11; recorded on 6.12' },
  ],
  stackOrderAttribute: [
    { since: '0', value: false, source: 'recorded on 6.12: absent' },
    { since: '6.14', value: true, source: 'kernel/livepatch/core.c: stack_order_show, since 6.14; recorded on 7.2' },
  ],
  /** Which livepatches a forced transition pins for ever. */
  forcePins: [
    { since: '0', value: 'every-listed', source: 'kernel/livepatch/transition.c: klp_force_transition before 5.18 marks every patch' },
    { since: '5.18', value: 'those-going', source: 'kernel/livepatch/transition.c: klp_force_transition, since 5.18; recorded on 6.1' },
  ],
  /** klp_init_patch refuses a missing function array before or after the livepatch mark and the states were looked at. */
  argumentsCheckedFirst: [
    { since: '0', value: false, source: 'kernel/livepatch/core.c: klp_init_patch_early runs under the mutex before 5.17' },
    { since: '5.17', value: true, source: 'kernel/livepatch/core.c: klp_enable_patch walks the objects first, since 5.17' },
  ],
  /** A function name of this many characters is too long (KSYM_NAME_LEN). */
  symbolNameLengthMax: [
    { since: '0', value: 128, source: 'include/linux/kallsyms.h: KSYM_NAME_LEN 128 before 6.1' },
    { since: '6.1', value: 512, source: 'include/linux/kallsyms.h: KSYM_NAME_LEN 512, since 6.1' },
  ],
  /** Whether a load that is refused for its name has already tainted the kernel. */
  taintsBeforeNameCheck: [
    { since: '0', value: true, source: 'kernel/module/main.c: check_modinfo taints before add_unformed_module; probed on 6.1' },
    { since: '6.4', value: false, source: 'kernel/module/main.c: module_augment_kernel_taints, since 6.4; probed on 6.12' },
  ],
  /** An init function that fails with EEXIST makes the load fail with EBUSY. */
  initExistsMeansBusy: [
    { since: '0', value: false, source: 'recorded on 6.12: EEXIST' },
    {
      since: '7.0',
      value: true,
      source: 'kernel/module/main.c: do_init_module, a patch of October 2025; recorded on 7.2, absent on 6.12, first release not known',
    },
  ],
  /** ftrace cannot be switched off while a livepatch redirects a function (FTRACE_OPS_FL_PERMANENT). */
  hooksArePermanent: [
    { since: '0', value: false, source: 'kernel/livepatch/patch.c: klp_patch_func before 5.5' },
    { since: '5.5', value: true, source: 'kernel/livepatch/patch.c: klp_patch_func, since 5.5; recorded on 6.1' },
  ],
  /** A kprobe with a post handler is refused where a livepatch redirects the function already. */
  lateProbeIsRefused: [
    { since: '0', value: true, source: 'kernel/kprobes.c: arm_kprobe_ftrace; recorded on 6.1 and 6.12: EBUSY' },
    { since: '7.0', value: false, source: 'recorded on 7.2: register_kprobe answers 0 and no probe is set, first release not known' },
  ],
  /** How a positive result of an init function is complained about. */
  suspiciousInit: [
    { since: '0', value: 'two-lines', source: 'kernel/module/main.c: do_init_module; probed on 6.1 and 6.12' },
    { since: '7.0', value: 'one-line', source: 'kernel/module/main.c: do_init_module; probed on 7.2, first release not known' },
  ],
  /** The last line about a sysfs name that exists twice carries the prefix `kobject: `. */
  kobjectPrefix: [
    { since: '0', value: false, source: 'lib/kobject.c: kobject_add_internal; recorded on 6.1' },
    { since: '6.5', value: true, source: 'lib/kobject.c: pr_fmt; in logs of mid-2023 (6.5-rc), recorded on 6.12' },
  ],
  /** First letters, besides 1 0 y n on off, that kstrtobool reads. */
  booleanLetters: [
    { since: '0', value: '', source: 'lib/kstrtox.c: kstrtobool before 5.18' },
    { since: '5.18', value: 'tf', source: 'lib/kstrtox.c: kstrtobool, since 5.18; probed on 6.1 and 6.12' },
    { since: '7.0', value: 'tfed', source: 'lib/kstrtox.c: kstrtobool; d probed on 7.2, first release not known' },
  ],
  /** Nops treat sympos 0 and sympos 1 as the same function. */
  nopsMatchPositionZeroAndOne: [
    {
      since: '0',
      value: true,
      source: 'kernel/livepatch/core.c: klp_find_func; fix of October 2025, in all stable trees since January 2026; recorded on 6.1.176',
    },
  ],
} as const satisfies Record<string, readonly Since<boolean | number | string>[]>

type Differences = typeof DIFFERENCES
export type RuleName = keyof Differences
type Rules = { readonly [Name in RuleName]: Differences[Name][number]['value'] }

/** What one kernel release does; `name` is its two leading numbers. */
export type RuleSet = Rules & { readonly name: string; readonly recorded: boolean }

/** Releases whose behaviour was recorded on the real kernel. Every other rule set is read from source. */
const RECORDED: readonly string[] = ['6.1', '6.12', '7.2']

/** All of it as data, for whoever has to name by which rules something was worked out. */
export const kernelRules = { differences: DIFFERENCES, recorded: RECORDED }

const numbersOf = (version: string): readonly [number, number] => {
  const [, major = '0', minor = '0'] = /^(\d+)(?:\.(\d+))?/.exec(version) ?? []
  return [Number(major), Number(minor)]
}

const isNewer = ([majorA, minorA]: readonly [number, number], [majorB, minorB]: readonly [number, number]): boolean =>
  majorA > majorB || (majorA === majorB && minorA > minorB)

const rowFor = <Value>(rows: readonly Since<Value>[], version: readonly [number, number]): Since<Value> | undefined =>
  rows.findLast(({ since }) => !isNewer(numbersOf(since), version))

/** Where each rule of a release is known from. */
export const sourcesOf = (kernelRelease: string): Readonly<Record<RuleName, string>> => {
  const version = numbersOf(kernelRelease)
  const entries = Object.entries<readonly Since<unknown>[]>(DIFFERENCES).map(([name, rows]) => [name, rowFor(rows, version)?.source ?? ''])
  return Object.fromEntries(entries) as Record<RuleName, string>
}

const build = (version: readonly [number, number]): RuleSet => {
  const name = version.join('.')
  const entries = Object.entries<readonly Since<unknown>[]>(DIFFERENCES).map(([rule, rows]) => [rule, rowFor(rows, version)?.value])
  return { ...(Object.fromEntries(entries) as Rules), name, recorded: RECORDED.includes(name) }
}

/** Releases of one fleet are few; what else hosts may report is not kept for ever. */
const REMEMBERED_MAX = 64
const remembered = new Map<string, { readonly rules: RuleSet; readonly recorded: boolean }>()

/**
 * The rules of a kernel, from its release (`uname -r`, for example `6.1.0-50-amd64`). Built once per release: every boot asks.
 * `recorded` is false where they rest on reading source only; a verdict that relies on such a release says so.
 */
export const ruleSetFor = (kernelRelease: string): { readonly rules: RuleSet; readonly recorded: boolean } => {
  const known = remembered.get(kernelRelease)
  if (known) return known
  const rules = build(numbersOf(kernelRelease))
  const found = { rules, recorded: rules.recorded }
  if (remembered.size >= REMEMBERED_MAX) remembered.clear()
  remembered.set(kernelRelease, found)
  return found
}
