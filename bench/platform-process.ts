// A platform of its own for a measurement: `platform-process.ts ASSEMBLY DATA`; prints its URL when it is ready, and tells its CPU seconds when asked.
import { openPlatform } from '../local/index.ts'

const [assembly = '', data = ''] = process.argv.slice(2)
const reviewers = Array.from({ length: 10 }, (_, index) => ({
  id: `reviewer-${index}`,
  name: `Reviewer ${index}`,
  groups: ['kernel-maintainers'],
}))
const carol = { id: 'carol', name: 'Carol', groups: ['security'] }
const people = [{ id: 'alice', name: 'Alice', groups: ['kernel-maintainers', 'operators'] }, carol, ...reviewers]
const { url } = await openPlatform({ assembly, stack: 'Supersede', data, port: 0, people, now: Date.now, log: () => undefined })
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.((user + system) / 1e6)
})
process.stdout.write(`${url}\n`)
