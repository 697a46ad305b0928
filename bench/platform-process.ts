// A platform of its own for a measurement that kills it: `platform-process.ts ASSEMBLY DATA`; prints its URL when it is ready.
import { openPlatform } from '../local/index.ts'

const [assembly = '', data = ''] = process.argv.slice(2)
const people = [{ id: 'alice', name: 'Alice', groups: ['kernel-maintainers', 'operators'] }]
const { url } = await openPlatform({ assembly, stack: 'Supersede', data, port: 0, people, now: Date.now, log: () => undefined })
process.stdout.write(`${url}\n`)
