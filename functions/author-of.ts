import type { Ports } from './ports.ts'

/**
 * Id of who submitted a livepatch and answers for it: whoever it was whose submission put it into the catalog, or, where that was before this was
 * kept there, whose is its first commit. Null: nobody did.
 */
export const authorOf = async ({ catalog, ledger }: Pick<Ports, 'catalog' | 'ledger'>, livepatch: string): Promise<string | null> => {
  const manifest = await catalog.manifest(livepatch)
  if (manifest === null) return null
  const recorded = async (): Promise<string | null> => (await ledger.commitsOf(`patch#${livepatch}`, { limit: 1 })).items[0]?.actor ?? null
  return (await catalog.author(manifest.name)) ?? recorded()
}
