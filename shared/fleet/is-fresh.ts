import type { Stack } from '../kernel/index.ts'
import type { Host } from './host.ts'
import type { Report } from './report.ts'

const nameOf = ({ name, digest }: Stack['livepatches'][number]): string => `${name} ${digest}`
const enabledIn = (stack: Stack | null): readonly string[] => (stack?.livepatches ?? []).filter(({ enabled }) => enabled).map(nameOf)

/** Only of files that it loaded itself, in this boot, does an agent know the digest. */
const isAgentsOwn = ({ livepatches }: Stack): boolean => livepatches.every(({ digest }) => digest !== null)

/**
 * Whether nothing was replaced on a host in the boot that it reports from. A reboot clears all that livepatches left in the kernel's memory,
 * so such a host carries nothing of what its fleet replaced before. That needs the whole of the boot: its first report is the next one
 * after another boot's and tells of nothing but what its agent loaded itself, none is missing since, no module is in memory that is not
 * enabled, and what was enabled still is.
 */
export const isFresh = (host: Host, report: Report): boolean => {
  if (report.sequence !== host.sequence + 1 || report.stack.resident.length > 0) return false
  if (host.bootId !== report.bootId) return host.bootId !== null && isAgentsOwn(report.stack)
  const now = new Set(enabledIn(report.stack))
  return host.fresh && enabledIn(host.stack).every(livepatch => now.has(livepatch))
}
