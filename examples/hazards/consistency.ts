import { cumulative, disable, type Examples, livepatch, load, target, unload } from './example.ts'

const PAGE = 'Documentation/livepatch/livepatch.rst'

export const CONSISTENCY: Examples = {
  'stall-likely': {
    title: 'A task sleeps in the function that is patched, and the transition stays open until it comes back.',
    documented: `${PAGE}, "Consistency model"`,
    modules: [cumulative('fifo_fix', { vmlinux: { patches: [{ name: 'fifo_open', mode: 'c-6' }] } })],
    steps: [{ op: 'spawn', id: 'opener', path: '/fifo' }, load('fifo_fix'), { op: 'wait', ms: 3000 }, disable('fifo_fix')],
    foreseen: { step: 1, finding: 'stall-likely' },
  },
  'module-pinned': {
    title: 'A forced transition ends, and no livepatch that was there can ever be unloaded again.',
    documented: `${PAGE}, "Consistency model": the force attribute`,
    modules: [target('t1'), cumulative('fix_1', { t1: { patches: ['tgt_f0'] } }), cumulative('fix_2', { t1: { patches: ['tgt_block'] } })],
    steps: [
      load('t1'),
      load('fix_1'),
      { op: 'spawn', id: 'busy', func: 't1:tgt_block' },
      load('fix_2'),
      { op: 'force', patch: 'fix_2' },
      { op: 'wait', ms: 3000 },
      unload('fix_1'),
      load('fix_1'),
      { op: 'release', module: 't1' },
      { op: 'join', id: 'busy' },
      unload('fix_1'),
    ],
    foreseen: { step: 7, finding: 'module-pinned' },
    facts: { fix_2: { version: '2' } },
  },
  'transition-in-progress': {
    title: 'While one transition is open, no other livepatch can be loaded.',
    documented: `${PAGE}, "Consistency model": only one patch can be in transition`,
    modules: [target('t1'), livepatch('first', { t1: { patches: ['tgt_block'] } }), livepatch('second', { t1: { patches: ['tgt_f0'] } })],
    steps: [
      load('t1'),
      { op: 'spawn', id: 'busy', func: 't1:tgt_block' },
      load('first'),
      load('second'),
      { op: 'release', module: 't1' },
      { op: 'join', id: 'busy' },
      load('second'),
    ],
    foreseen: { step: 3, finding: 'transition-in-progress' },
  },
}
