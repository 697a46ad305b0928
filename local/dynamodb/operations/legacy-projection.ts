import { type Projection, projectionOf } from '../expression/projection.ts'
import { invalidParameters } from '../fault.ts'

/** AttributesToGet: top-level attributes only, none of them twice. */
export const attributesProjection = (attributes: readonly string[] | undefined): Projection | undefined => {
  if (!attributes) return undefined
  const twice = attributes.find((name, at) => attributes.indexOf(name) !== at)
  if (twice !== undefined) throw invalidParameters(`Duplicate value in attribute name: ${twice}`)
  return projectionOf(attributes.map(name => [name]))
}
