import type { Comparable } from './compare-livepatches.ts'
import type { InspectedModule } from './inspected-module.ts'

/** What was read, in the form that compareLivepatches takes; functions whose names could not be read are left out. */
export const comparableOf = ({ patch, statements }: InspectedModule): Comparable => ({
  objects:
    patch.objects?.map(({ name, functions, callbacks }) => ({
      name,
      functions: functions.flatMap(({ oldName, sympos, code }) =>
        oldName === null ? [] : [{ name: oldName, sympos, ...(code === null ? {} : { code }) }],
      ),
      callbacks,
    })) ?? null,
  states: patch.states?.map(({ id, version }) => ({ id, version })) ?? null,
  fixes: statements.fixes,
})
