// How good the guard is: node bootstrap.cjs test/verdict/measure-guard.ts [HISTORIES] [FIRST SEED]
import { history, type Judged } from './random-history.ts'

const [histories = 10_000, first = 0] = process.argv.slice(2).map(Number)
const count = {
  loads: 0,
  safe: 0,
  blocked: 0,
  falselySafe: 0,
  falselyBlocked: 0,
  downgrades: 0,
  downgradesBlocked: 0,
  downgradesFalselyBlocked: 0,
}

/** Why the guard could not know better: each wrong block by what the first open obligation of it is about. */
const causes = new Map<string, number>()
const causeOf = ({ verdict, before }: Judged): string => {
  const open = Object(verdict.findings.find(({ code }) => code === 'missing-callback')?.evidence)
  const runs = before.machine.patches.some(({ name }) => name === open.livepatch)
  if (open.object === null) return runs ? 'vmlinux' : 'vmlinux, of what was replaced earlier'
  if (!runs) return 'a driver, of what was replaced earlier: it may not have been loaded then'
  return before.machine.modules.has(open.object) ? 'a driver that is loaded' : 'a driver that is not loaded: it may have been before'
}

for (let seed = first; seed < first + histories; seed += 1) {
  for (const judged of history(seed)) {
    const { result, next, safe, left, downgrade } = judged
    if (result !== 'OK' || !next.replace) continue
    const falselyBlocked = !safe && left.length === 0
    if (falselyBlocked) {
      const cause = causeOf(judged)
      causes.set(cause, (causes.get(cause) ?? 0) + 1)
    }
    count.loads += 1
    count.safe += Number(safe)
    count.blocked += Number(!safe)
    count.falselySafe += Number(safe && left.length > 0)
    count.falselyBlocked += Number(falselyBlocked)
    count.downgrades += Number(downgrade)
    count.downgradesBlocked += Number(downgrade && !safe)
    count.downgradesFalselyBlocked += Number(downgrade && falselyBlocked)
    if (safe && left.length > 0) process.stdout.write(`false safe: history ${seed}, ${next.name} leaves ${JSON.stringify(left)}\n`)
  }
}

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`
process.stdout.write(`histories                       ${histories}
loads of cumulative livepatches ${count.loads}
called safe                     ${count.safe}, of these wrongly ${count.falselySafe} (target 0)
blocked                         ${count.blocked}, of these wrongly ${count.falselyBlocked} (${percent(count.falselyBlocked, count.blocked)})
downgrades                      ${count.downgrades}, blocked ${count.downgradesBlocked}, of these wrongly ${count.downgradesFalselyBlocked} (${percent(count.downgradesFalselyBlocked, count.downgradesBlocked)})
`)
for (const [cause, blocks] of [...causes].sort(([, a], [, b]) => b - a))
  process.stdout.write(`wrongly blocked about ${cause}: ${blocks} (${percent(blocks, count.falselyBlocked)})\n`)
process.exitCode = count.falselySafe === 0 ? 0 : 1
