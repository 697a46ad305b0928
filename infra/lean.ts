import type { Plugin } from 'esbuild'

type Replacement = { readonly filter: RegExp; readonly contents: string; readonly from?: RegExp }

/**
 * What a function never uses in Lambda but would carry along:
 * - the SDK's chain of credential sources (files, SSO, processes, instance metadata), 130 KB: the runtime hands credentials over in the environment;
 * - zod's error texts in 40 languages, 260 KB.
 * Without it no function that speaks to DynamoDB stays below 300 KB.
 */
const REPLACEMENTS: readonly Replacement[] = [
  {
    filter: /^@aws-sdk\/credential-provider-node$/,
    contents: `export const defaultProvider = () => async () => ({
      accessKeyId: process.env.AWS_ACCESS_KEY_ID,
      secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
      sessionToken: process.env.AWS_SESSION_TOKEN,
    })`,
  },
  { filter: /locales\/index\.js$/, from: /[\\/]zod[\\/]/, contents: 'export {}' },
]

export const lean: Plugin = {
  name: 'lean',
  setup: build => {
    for (const [index, { filter, from, contents }] of REPLACEMENTS.entries()) {
      const namespace = `lean-${index}`
      build.onResolve({ filter }, ({ path, importer }) => (from && !from.test(importer) ? undefined : { path, namespace }))
      build.onLoad({ filter: /.*/, namespace }, () => ({ contents }))
    }
  },
}
