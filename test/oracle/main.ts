import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/*
 * node bootstrap.cjs test/oracle/main.ts DIR
 *
 * Teaches a copy of the oracle three more steps: `write` to any path below /sys/kernel/livepatch, `ftrace_enabled`, a write to that
 * sysctl, and `shadow`, a call of the shadow variable API by a guest module of ours; and a module that sets a kprobe. Run its setup.sh for each kernel afterwards.
 */

/** Puts `addition` before the only occurrence of `mark`, unless it is there already. */
const insertBefore = (file: string, mark: string, addition: string): void => {
  const text = readFileSync(file, 'utf8')
  if (text.includes(addition)) return
  if (text.split(mark).length !== 2) throw new Error(`${file} is not the oracle that this extension knows: ${mark}`)
  writeFileSync(
    file,
    text.replace(mark, () => addition + mark),
  )
}

const STEPS = `case 'write': r = await vm.cmd('W' + set, '/sys/kernel/livepatch/' + st.path, String(st.value)); break;
      case 'ftrace_enabled': r = await vm.cmd('W' + set, '/proc/sys/kernel/ftrace_enabled', String(st.value)); break;
      case 'shadow': r = await vm.cmd('W' + set, '/sys/module/klpshadow/parameters/call', [st.call, st.object ?? 0, st.id, st.data, st.constructed, st.destructor ? 'dtor' : ''].filter(x => x !== undefined && x !== '').join(' ')); break;
      `

const PROBE = `if (m.kind === 'probe') return ['klpprobe', ['symbol', 'offset', 'post'].filter(k => m[k] !== undefined).map(k => k + '=' + m[k]).join(' ')];
  `

/** Modules of ours that the guest can load. */
const MODULES = ['klpshadow', 'klpprobe'] as const

const extend = (oracle: string): void => {
  for (const name of MODULES) copyFileSync(new URL(`guest/${name}.c`, import.meta.url), join(oracle, `guest/mod/${name}.c`))
  insertBefore(join(oracle, 'guest/mod/Kbuild'), 'obj-m += klpgen', MODULES.map(name => `obj-m += ${name}.o\n`).join(''))
  const copies = MODULES.map(name => `cp "$mod/${name}.ko" "$root/m/${name}.ko"\n`).join('')
  insertBefore(join(oracle, 'guest/mkinitrd.sh'), '# the same livepatch module', copies)
  insertBefore(join(oracle, 'oracle'), "case 'wait': r =", STEPS)
  insertBefore(join(oracle, 'oracle'), "if (m.kind === 'target') return", "if (m.kind === 'caller') return ['klpshadow', ''];\n  ")
  insertBefore(join(oracle, 'oracle'), "if (m.kind === 'target') return", PROBE)
}

const [oracle] = process.argv.slice(2)
if (oracle === undefined) {
  console.error('usage: node bootstrap.cjs test/oracle/main.ts DIR')
  process.exitCode = 2
} else {
  extend(oracle)
}
