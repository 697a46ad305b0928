import { fieldAt, isBlank, type Place } from '../elf/follow.ts'
import { SHT } from '../elf/section.ts'
import type { InspectedState } from '../inspected-module.ts'
import type { Reading } from './read-objects.ts'

/** sizeof(struct klp_state): id, version, four bytes of padding, data. The same in every release since 5.5. */
const STATE_BYTES = 24

/** Reads the klp_state array up to the record with id 0. Null: it does not end inside its section. */
export const readStates = ({ elf, limits, warnings }: Reading, start: Place): InspectedState[] | null => {
  const { section } = start
  const states: InspectedState[] = []
  if (section.type === SHT.NOBITS) return start.offset + STATE_BYTES <= section.size ? states : null
  const ids = new Set<string>()
  for (let offset = start.offset; offset + STATE_BYTES <= section.size && states.length < limits.objectsMax; offset += STATE_BYTES) {
    const idField = fieldAt(elf, section, offset)
    if (idField.kind !== 'null' && idField.kind !== 'raw') {
      warnings.add('bad-state', section.name, offset, 'the id of a state is a pointer')
      return null
    }
    const id = elf.input.decimal(section.offset + offset)
    if (id === '0') {
      if (states.length === 0 && !isBlank(elf, section, offset, STATE_BYTES))
        warnings.add('odd-state', section.name, offset, 'a state with id 0 ends the list before it begins')
      return states
    }
    if (ids.has(id)) warnings.add('duplicate-state', section.name, offset, `state ${id} is declared twice`)
    ids.add(id)
    states.push({ id, version: elf.input.u32(section.offset + offset + 8), hasData: fieldAt(elf, section, offset + 16).kind !== 'null' })
  }
  warnings.add('unterminated', section.name, start.offset, 'the states have no terminator inside their section')
  return null
}
