import { describe, expect, test } from '@jest/globals'
import {
  CHANGE_STATUSES,
  type Change,
  type ChangeStatus,
  COMMANDS,
  type CommandName,
  evolve,
  isTerminal,
  TERMINAL_STATUSES,
  TRANSITIONS,
} from '../../shared/change/index.ts'
import { after, approvedBy, at, bob, changes, commands, emergencyInReview } from './given.ts'

/** Where a rolling change must stand for a command to have something to do. */
const exampleOf = (status: ChangeStatus, command: CommandName): Change => {
  if (status === 'in-review' && command === 'withdraw') return after(changes.inReview, approvedBy(bob))
  if (status === 'in-review' && command === 'confirm') return emergencyInReview
  if (status === 'in-review' && command === 'revokeDelegation') return after(changes.inReview, commands.delegate)
  if (status === 'rolling' && command === 'openWave') return changes.betweenWaves
  if (status === 'rolling' && command === 'complete') return changes.allPassed
  const found = Object.values(changes).find(change => change.status === status)
  if (!found) throw new Error(`no example of ${status}`)
  return found
}

const rows = CHANGE_STATUSES.flatMap(status => COMMANDS.map(command => ({ status, command })))

describe('the transition table', () => {
  test.each(rows)('holds for $command on a change that is $status', ({ status, command }) => {
    const change = exampleOf(status, command)
    const transition = TRANSITIONS[status][command]
    const outcome = commands[command](change)
    if ('refused' in transition) {
      expect(outcome).toMatchObject({ ok: false, refused: transition.refused })
    } else {
      if (!outcome.ok) throw new Error(`${outcome.refused}, though the table lets it`)
      const next = outcome.events.reduce((state, event) => evolve(state, event, at), change)
      expect(transition.to).toContain(next.status)
    }
  })

  test('has four ends, and nothing leads out of them', () => {
    expect(TERMINAL_STATUSES).toEqual(['blocked', 'declined', 'aborted', 'completed'])
  })

  test.each(CHANGE_STATUSES.filter(status => !isTerminal(status)))('lets a change that is %s be aborted', status => {
    expect(TRANSITIONS[status].abort).toEqual({ to: ['aborted'] })
  })
})
