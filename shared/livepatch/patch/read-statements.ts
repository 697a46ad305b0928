import type { InspectedModule } from '../inspected-module.ts'
import type { Modinfo } from './read-modinfo.ts'

const words = (values: readonly string[] | undefined): string[] => [
  ...new Set((values ?? []).flatMap(value => value.split(/[,\s]+/)).filter(word => word !== '')),
]

/** What the author wrote with MODULE_INFO(supersede_…). Lists may be repeated, and separated by commas or white space. */
export const readStatements = (modinfo: Modinfo): InspectedModule['statements'] => ({
  series: modinfo.get('supersede_series')?.[0] ?? null,
  version: modinfo.get('supersede_version')?.[0] ?? null,
  fixes: words(modinfo.get('supersede_fixes')),
  adopts: words(modinfo.get('supersede_adopts')),
})
