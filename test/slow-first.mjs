import Sequencer from '@jest/test-sequencer'

const SLOW = ['/end-to-end/demo', '/console/', '/end-to-end/', '/local/', '/store/']

/** Long files first, so that none of them is left over for one core while the other is idle; a fresh clone has no timings to go by. */
export default class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = SLOW.findIndex(part => path.includes(part))
      return index < 0 ? SLOW.length : index
    }
    return [...tests].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1))
  }
}
