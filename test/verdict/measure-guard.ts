// How good the guard is: node bootstrap.cjs test/verdict/measure-guard.ts [HISTORIES] [FIRST SEED]
import { history } from './random-history.ts'

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

for (let seed = first; seed < first + histories; seed += 1) {
  for (const { result, next, safe, left, downgrade } of history(seed)) {
    if (result !== 'OK' || !next.replace) continue
    const falselyBlocked = !safe && left.length === 0
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
process.exitCode = count.falselySafe === 0 ? 0 : 1
