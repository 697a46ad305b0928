/** Error numbers that the kernel hands to user space (include/uapi/asm-generic/errno-base.h, errno.h). */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  ECHILD: 10,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  ENOTBLK: 15,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOTTY: 25,
  ETXTBSY: 26,
  EFBIG: 27,
  ENOSPC: 28,
  ESPIPE: 29,
  EROFS: 30,
  EMLINK: 31,
  EPIPE: 32,
  EDOM: 33,
  ERANGE: 34,
  EDEADLK: 35,
  ENAMETOOLONG: 36,
  ENOLCK: 37,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  ELOOP: 40,
  ENODATA: 61,
  ETIME: 62,
  EPROTO: 71,
  EBADMSG: 74,
  EOVERFLOW: 75,
  EILSEQ: 84,
  EMSGSIZE: 90,
  EOPNOTSUPP: 95,
  ECONNREFUSED: 111,
  ETIMEDOUT: 110,
  EALREADY: 114,
  EINPROGRESS: 115,
} as const

export type Errno = keyof typeof ERRNO

const NAMES = new Map<number, Errno>((Object.keys(ERRNO) as Errno[]).map(name => [ERRNO[name], name]))

/** What a system call answers: success, an error by name, or the bare number where the kernel has no name for it. */
export type Answer = 'OK' | Errno | `${number}`

/** Names a kernel-style result (0 or a negative errno). */
export const answerOf = (result: number): Answer => (result === 0 ? 'OK' : (NAMES.get(-result) ?? `${result}`))

/** The kernel's own form of an error: a negative number. */
export const failure = (name: Errno): number => -ERRNO[name]
