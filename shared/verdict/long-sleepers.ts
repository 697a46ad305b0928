import type { Manifest } from '../livepatch/index.ts'

/**
 * Functions of vmlinux in which tasks commonly sleep for long. A task that sleeps in a function that is being patched keeps the
 * transition open until it wakes (kernel/livepatch/transition.c: klp_check_stack). User tasks are poked every 15 s and then leave;
 * kernel threads and uninterruptible sleepers are not helped by that.
 */
export const LONG_SLEEPERS: ReadonlyMap<string, string> = new Map([
  ['ep_poll', 'every event loop waits here'],
  ['do_epoll_wait', 'every event loop waits here'],
  ['do_select', 'select and pselect wait here'],
  ['do_poll', 'poll waits here'],
  ['do_sys_poll', 'poll waits here'],
  ['do_nanosleep', 'sleeping programs wait here'],
  ['hrtimer_nanosleep', 'sleeping programs wait here'],
  ['futex_wait', 'waiting threads of nearly every program'],
  ['futex_wait_queue', 'waiting threads of nearly every program'],
  ['do_futex', 'waiting threads of nearly every program'],
  ['do_wait', 'shells and supervisors wait for their children here'],
  ['fifo_open', 'whoever opens a named pipe waits here for the other side'],
  ['pipe_read', 'pipelines wait for input here'],
  ['anon_pipe_read', 'pipelines wait for input here'],
  ['n_tty_read', 'every idle terminal waits here'],
  ['tty_read', 'every idle terminal waits here'],
  ['unix_stream_read_generic', 'local services wait for messages here'],
  ['__skb_wait_for_more_packets', 'datagram services wait here'],
  ['inet_csk_accept', 'servers wait for connections here'],
  ['sk_wait_data', 'blocking readers of TCP wait here'],
  ['do_sigtimedwait', 'programs that wait for signals'],
  ['sigsuspend', 'programs that wait for signals'],
  ['inotify_read', 'watchers of files wait here'],
  ['eventfd_read', 'threads that wait to be told'],
  ['do_syslog', 'the log daemon waits here'],
  ['worker_thread', 'every kernel worker thread lives here'],
  ['kthreadd', 'a kernel thread that never returns'],
  ['kthread_worker_fn', 'kernel threads that never return'],
  ['smpboot_thread_fn', 'one kernel thread per CPU that never returns'],
  ['rcu_gp_kthread', 'a kernel thread that never returns'],
  ['kswapd', 'a kernel thread that never returns'],
  ['kcompactd', 'a kernel thread that never returns'],
  ['khugepaged', 'a kernel thread that never returns'],
  ['kauditd_thread', 'a kernel thread that never returns'],
  ['schedule', 'every task that sleeps'],
  ['__schedule', 'every task that sleeps'],
  ['schedule_timeout', 'every task that waits with a time limit'],
  ['io_schedule', 'every task that waits for a disk'],
])

const remembered = new WeakMap<Manifest, readonly string[]>()

/** Functions that a livepatch patches and on which tasks commonly sleep. Looked up once per manifest: one is judged on many stacks. */
export const sleepersIn = (livepatch: Manifest): readonly string[] => {
  const known = remembered.get(livepatch)
  if (known) return known
  const vmlinux = livepatch.objects.filter(({ name }) => name === null).flatMap(({ functions }) => functions.map(({ name }) => name))
  const sleepers = vmlinux.filter(name => LONG_SLEEPERS.has(name))
  remembered.set(livepatch, sleepers)
  return sleepers
}
