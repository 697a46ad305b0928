import type { Ports } from './ports.ts'

/** Id of who submitted a livepatch and answers for it: its first commit says who that was. Null: nobody did. */
export const authorOf = async ({ ledger }: Pick<Ports, 'ledger'>, livepatch: string): Promise<string | null> =>
  (await ledger.commitsOf(`patch#${livepatch}`, { limit: 1 })).items[0]?.actor ?? null
