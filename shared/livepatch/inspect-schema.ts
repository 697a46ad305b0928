import { z } from 'zod'
import { InspectAnswer } from './inspected-module.ts'

/** JSON Schema (2020-12) of one answer of `supersede inspect -o json`; published as docs/inspect.schema.json. */
export const inspectSchema = (): Record<string, unknown> => ({
  title: 'What supersede inspect answers for one file',
  ...z.toJSONSchema(InspectAnswer, { target: 'draft-2020-12' }),
})
