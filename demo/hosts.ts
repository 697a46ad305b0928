/** The demonstration's 40 hosts, by what they run at first. Their names put one host of each cohort into the first wave. */
export const FLEET = 'demo'
export const KERNEL_RELEASE = '6.1.0-50-amd64'

export type DemoHost = { readonly id: string; readonly livepatches: readonly string[] }

const hosts = (role: string, count: number, livepatches: readonly string[]): readonly DemoHost[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${role}-${String(index + 1).padStart(2, '0')}.sin`, livepatches }))

/** Module names in load order; each is a file under examples/livepatches. */
export const HOSTS: readonly DemoHost[] = [
  ...hosts('web', 16, []),
  ...hosts('db', 12, ['lp_proc_1']),
  ...hosts('cache', 12, ['lp_proc_1', 'lp_proc_hotfix']),
]
