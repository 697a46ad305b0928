/**
 * Keeps what this thread prints until `take` takes it, to go along with an answer, or `send` is given it at the end of the turn or of the
 * thread. By itself a thread sends a message for each line, and is sent one back, which costs more than the answer.
 */
export const keepPrinted = (send: (printed: string) => void): { readonly take: () => string } => {
  let printed = ''
  const take = (): string => {
    const taken = printed
    printed = ''
    return taken
  }
  const flush = (): void => {
    if (printed !== '') send(take())
  }
  type Done = (error?: Error | null) => void
  const write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    if (printed === '') setImmediate(flush).unref()
    printed += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
    const told = typeof encoding === 'function' ? encoding : done
    if (told) queueMicrotask(() => told())
    return true
  }
  process.stdout.write = write
  process.stderr.write = write
  process.on('exit', flush)
  /* A thread that fails is ended by whoever hears of that, maybe before it comes to its own end. */
  process.on('uncaughtExceptionMonitor', flush)
  return { take }
}
