import type { PolicyEditEvent } from '../../shared/edition/index.ts'

const because = (reason: string): string => (reason === '' ? '' : `: ${reason}`)
const files = (count: number): string => `${count} ${count === 1 ? 'file' : 'files'}`

/** One line for a person's eyes. */
export const describeEditEvent = (event: PolicyEditEvent): string => {
  switch (event.type) {
    case 'proposed': {
      const where = event.fleet === null ? 'the policies' : `the rules of fleet ${event.fleet}`
      return `${event.proposer.name} proposed to edit ${where} (${files(Object.keys(event.files).length)}): ${event.reason}`
    }
    case 'approved':
      return `${event.by.name} approved${because(event.comment)}`
    case 'approval-withdrawn':
      return `${event.by.name} withdrew the approval${because(event.reason)}`
    case 'commented':
      return `${event.by.name} says: ${event.text}`
    case 'rejected':
      return `${event.by.name} rejected: ${event.reason}`
    case 'withdrawn':
      return `${event.by.name} withdrew the edit${because(event.reason)}`
    case 'enacted':
      return `It came into force as edition ${event.edition}`
    case 'outdated':
      return 'Other policies came into force first'
    case 'expired':
      return event.detail
  }
}
