import { cp, link, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { writeFindingPages } from './finding-pages.ts'
import { FUNCTION_ENTRIES } from './function-entries.ts'
import { lean } from './lean.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const CEDAR = '@cedar-policy/cedar-wasm'

const importsCedar = (metafile: Metafile, output: string): boolean =>
  metafile.outputs[output]?.imports.some(imported => imported.path.startsWith(CEDAR)) ?? false

/** Thirty functions carry the same 4 MB: on one file system they share them. */
const linkOrCopy = (from: string, to: string): Promise<void> => link(from, to).catch(() => cp(from, to))

/** The policy engine is WebAssembly beside a loader that finds it by its own path, so it travels as a package and not in the bundle. */
const addPolicyEngine = async (directory: string): Promise<void> => {
  const source = join(root, 'node_modules', CEDAR)
  const target = join(directory, 'node_modules', CEDAR)
  await mkdir(join(target, 'nodejs'), { recursive: true })
  await Promise.all([
    cp(join(source, 'package.json'), join(target, 'package.json')),
    ...['package.json', 'cedar_wasm.js', 'cedar_wasm_bg.wasm'].map(file =>
      linkOrCopy(join(source, 'nodejs', file), join(target, 'nodejs', file)),
    ),
    cp(join(root, 'shared/policy/cedar'), join(directory, 'policy'), { recursive: true }),
  ])
}

/** A running installation that loads a function just now finds the old bundle or the new one. */
const replaceFolder = async (draft: string, folder: string): Promise<void> => {
  const old = `${folder}.old`
  await rm(old, { recursive: true, force: true })
  await rename(folder, old).catch(() => undefined)
  await rename(draft, folder)
  await rm(old, { recursive: true, force: true })
}

/**
 * Bundles every function into `<outdir>/<name>/index.mjs` and returns those directories by name.
 * One esbuild run serves all of them: a NodejsFunction each would start esbuild forty times, which alone takes longer than the whole synthesis.
 */
export const bundleFunctions = async (outdir: string): Promise<Readonly<Record<string, string>>> => {
  const draft = `${outdir}.draft`
  await rm(draft, { recursive: true, force: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.entries(FUNCTION_ENTRIES).map(([name, entry]) => ({ in: entry, out: `${name}/index` })),
    outdir: draft,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: [`${CEDAR}/*`, CEDAR],
    // CommonJS dependencies ask for `require`, which an ES module has not.
    banner: { js: "import{createRequire as createRequireOfBundle}from'node:module';const require=createRequireOfBundle(import.meta.url);" },
    legalComments: 'none',
    metafile: true,
    plugins: [lean],
    logLevel: 'warning',
  })
  await Promise.all(
    Object.keys(metafile.outputs).map(async output => {
      const directory = resolve(root, dirname(output))
      if (importsCedar(metafile, output)) await addPolicyEngine(directory)
    }),
  )
  await replaceFolder(draft, outdir)
  return Object.fromEntries(Object.keys(FUNCTION_ENTRIES).map(name => [name, join(outdir, name)]))
}

/** Bundles the console into `<outdir>`: index.html, one script, one style sheet, and what each finding means (docs/findings). */
export const bundleConsole = async (outdir: string): Promise<string> => {
  await rm(outdir, { recursive: true, force: true })
  await mkdir(outdir, { recursive: true })
  await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'console/main.tsx', out: 'console' },
      { in: 'console/style.css', out: 'console' },
    ],
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
  })
  await cp(join(root, 'console/index.html'), join(outdir, 'index.html'))
  await writeFindingPages(join(root, 'docs/findings'), join(outdir, 'findings'))
  await writeFile(join(outdir, 'robots.txt'), 'User-agent: *\nDisallow: /\n')
  return outdir
}
