import { type EditPorts, lapseIfDue } from '../append-edit.ts'

const PAGE = 100

/** Ends the edits of the policies whose time is over, or that start from policies which are no longer in force. */
export const sweepEdits = async (ports: EditPorts): Promise<{ readonly seen: number }> => {
  let seen = 0
  let cursor: string | undefined
  do {
    const page = await ports.policies.edits({ status: 'in-review' }, { limit: PAGE, cursor })
    for (const { id } of page.items) await lapseIfDue(ports, id)
    seen += page.items.length
    cursor = page.next
  } while (cursor !== undefined)
  return { seen }
}
