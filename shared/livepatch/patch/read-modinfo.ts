import { decode } from '../elf/bytes.ts'
import type { Elf } from '../elf/read-elf.ts'
import { fileSize } from '../elf/section.ts'
import type { Warnings } from '../warnings.ts'

/** Every value of every key of `.modinfo`, in file order. A Map, because keys come from the file. */
export type Modinfo = ReadonlyMap<string, readonly string[]>

/** Splits `.modinfo` at its NULs and each entry at its first `=` (include/linux/moduleparam.h, MODULE_INFO). */
export const readModinfo = (elf: Elf, entriesMax: number, warnings: Warnings): Modinfo => {
  const modinfo = new Map<string, string[]>()
  const section = elf.section('.modinfo')
  if (!section || fileSize(section) === 0) {
    warnings.add('no-modinfo', '.modinfo', null, 'no .modinfo section: name, licence and kernel release are not stated')
    return modinfo
  }
  const bytes = elf.input.bytes.subarray(section.offset, section.offset + section.size)
  if (bytes[bytes.length - 1] !== 0)
    warnings.add('unterminated-string', '.modinfo', section.offset + section.size, 'the last entry does not end with a NUL')
  let oddAt = -1
  let entries = 0
  for (let start = 0; start < bytes.length; entries += 1) {
    if (entries >= entriesMax) {
      warnings.add('too-many-entries', '.modinfo', section.offset + start, `more than ${entriesMax} entries; the rest is ignored`)
      break
    }
    const nul = bytes.indexOf(0, start)
    const end = nul === -1 ? bytes.length : nul
    if (end > start && !addEntry(modinfo, decode(bytes.subarray(start, end))) && oddAt === -1) oddAt = section.offset + start
    start = end + 1
  }
  if (oddAt !== -1) warnings.add('odd-modinfo', '.modinfo', oddAt, 'an entry without a key; it was ignored')
  return modinfo
}

const addEntry = (modinfo: Map<string, string[]>, entry: string): boolean => {
  const equals = entry.indexOf('=')
  if (equals < 1) return false
  const key = entry.slice(0, equals)
  const values = modinfo.get(key)
  if (values) values.push(entry.slice(equals + 1))
  else modinfo.set(key, [entry.slice(equals + 1)])
  return true
}

/** `THIS_MODULE->name`, at byte 24 of the module structure on 64-bit CPUs; 56 bytes (MODULE_NAME_LEN). */
export const linkonceName = (elf: Elf): string | null => {
  const section = elf.section('.gnu.linkonce.this_module')
  if (!section || fileSize(section) < 80) return null
  const bytes = elf.input.bytes.subarray(section.offset + 24, section.offset + 80)
  const nul = bytes.indexOf(0)
  return nul > 0 ? decode(bytes.subarray(0, nul)) : null
}
