import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

type Replacement = { readonly filter: RegExp; readonly from: RegExp } & ({ readonly contents: string } | { readonly file: string })

const DYNAMODB = /[\\/]@aws-sdk[\\/]client-dynamodb[\\/]/
/** What shared/policy calls of the engine. */
const CEDAR_CALLS = ['statefulIsAuthorized', 'policySetTextToParts', 'policyToJson', 'preparsePolicySet', 'schemaToJson', 'validate']
const ZOD = /[\\/]zod[\\/]/

/** Names that a file of a package exports. */
const exportsOf = (file: string): readonly string[] =>
  [...readFileSync(join(root, 'node_modules', file), 'utf8').matchAll(/^export (?:const|var|function) ([\w$]+)/gm)].flatMap(
    ([, name]) => name ?? [],
  )

/** Schemas are given such methods as they are made; what those would do is what is left out. */
const unused = (names: readonly string[]): string =>
  [
    `const left = () => () => { throw new Error('a function makes no JSON Schema') }`,
    ...names.map(name => `export const ${name} = left`),
  ].join('\n')

/** What the operations are about is told by docs/openapi.json; at work nobody reads it. */
const withoutSummaries = (source: string): string => source.replace(/'[A-Z][^'\n]* [^'\n]*'/g, "''")

/**
 * What a function would carry along and never use in Lambda. Without it, what only lists fleets has 494 KB and takes 80 ms to load; with it
 * the largest stays below 300 KB.
 * - The SDK's DynamoDB client: endpoints, regions, retries and credentials of every kind, of which a function needs one each.
 *   functions/aws/dynamodb-client.ts stands in for the client class; commands' types, inputs and errors stay the SDK's, and in the source tree
 *   and in tests the SDK's own client is used.
 * - The shapes of its requests, answers and errors, 20 KB: the small client needs none.
 * - zod's error texts in 40 languages, 260 KB.
 * - What looks for idle policies, 2 KB.
 * - zod’s formats of texts as methods, 10 KB.
 * - Summaries of the operations, 3 KB.
 * - zod's JSON Schema, 18 KB: docs/openapi.json is made of the schemas beforehand.
 */
const REPLACEMENTS: readonly Replacement[] = [
  { filter: /^\.\/DynamoDBClient(\.js)?$/, from: DYNAMODB, file: join(root, 'functions/aws/dynamodb-client.ts') },
  {
    filter: /^\.\.\/commandBuilder(\.js)?$/,
    from: DYNAMODB,
    contents: `
      export const _mw0 = [], ${Array.from({ length: 20 }, (_, index) => `_ep${index} = 0`).join(', ')}
      export const command = (_endpoint, _middleware, name) => class { constructor(input) { this.input = input; this.schema = [9, '', name] } }`,
  },
  {
    filter: /schemas_0(\.js)?$/,
    from: DYNAMODB,
    contents: exportsOf('@aws-sdk/client-dynamodb/dist-es/schemas/schemas_0.js')
      .map(name => `export const ${name} = 0`)
      .join('\n'),
  },
  {
    // Loading the policy engine takes 25 ms, and half of the invocations ask it nothing before they answer.
    filter: /^@cedar-policy\/cedar-wasm\/nodejs$/,
    from: /[\\/]shared[\\/]policy[\\/]/,
    contents: `
      let engine
      const load = () => (engine ??= require('@cedar-policy/cedar-wasm/nodejs'))
      ${CEDAR_CALLS.map(name => `export const ${name} = (...given) => load().${name}(...given)`).join('\n')}`,
  },
  // Rules that can never apply or add nothing are looked for by `supersede policy check`; no function tells of them.
  ...['idlePolicies', 'impossibleValues'].map(name => ({
    filter: new RegExp(`/${name.replace(/[A-Z]/, letter => `-${letter.toLowerCase()}`)}\\.ts$`),
    from: /[\\/]shared[\\/]policy[\\/]load-policies\.ts$/,
    contents: `export const ${name} = () => []`,
  })),
  { filter: /locales\/index\.js$/, from: ZOD, contents: 'export {}' },
  ...['json-schema-processors', 'to-json-schema'].map(name => ({
    filter: new RegExp(`/core/${name}\\.js$`),
    from: ZOD,
    contents: unused(exportsOf(`zod/v4/core/${name}.js`)),
  })),
]

/**
 * `z.string().email()` and the like, which bring every format along with every text. The formats themselves (`z.iso.datetime()`) stay, and are what
 * schemas are written with; a method that is left out would fail as the function is loaded, in the first test that asks it anything.
 */
const withoutStringFormats = (source: string): string =>
  source.replace(/^ {4}\w+\(params\) \{\n {8}return this\.check\(core\._\w+\(Zod\w+, params\)\);\n {4}\},\n/gm, '')

export const lean: Plugin = {
  name: 'lean',
  setup: build => {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]classic[\\/]schemas\.js$/ }, ({ path }) => ({
      contents: withoutStringFormats(readFileSync(path, 'utf8')),
      loader: 'js',
    }))
    build.onLoad({ filter: /[\\/]shared[\\/]operations[\\/]index\.ts$/ }, ({ path }) => ({
      contents: withoutSummaries(readFileSync(path, 'utf8')),
      loader: 'ts',
    }))
    for (const [index, replacement] of REPLACEMENTS.entries()) {
      const namespace = `lean-${index}`
      build.onResolve({ filter: replacement.filter }, ({ path, importer }) => {
        if (!replacement.from.test(importer)) return undefined
        return 'file' in replacement ? { path: replacement.file, sideEffects: false } : { path, namespace, sideEffects: false }
      })
      if ('contents' in replacement) build.onLoad({ filter: /.*/, namespace }, () => ({ contents: replacement.contents, resolveDir: root }))
    }
  },
}
