import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { synthesize } from '../../demo/synthesize.ts'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

type Raw = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>>; readonly DeletionPolicy?: string }
export type Resource = Raw & { readonly logicalId: string }

/** The synthesized template, made if the sources changed. */
export const readAssembly = async () => {
  const { assembly } = await synthesize(root)
  const template = JSON.parse(readFileSync(join(assembly, 'Supersede.template.json'), 'utf8')) as {
    readonly Resources: Readonly<Record<string, Raw>>
  }
  const resources = Object.entries(template.Resources).map(([logicalId, raw]): Resource => ({ ...raw, logicalId }))
  return { assembly, resources, ofType: (type: string) => resources.filter(resource => resource.Type === type) }
}
