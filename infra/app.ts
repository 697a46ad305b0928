import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { acknowledge } from './acknowledged.ts'
import { bundleConsole, bundleFunctions } from './bundle.ts'
import { SupersedeStack } from './supersede-stack.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const outdir = process.env['CDK_OUTDIR'] ?? join(root, 'cdk.out')
const [bundles, console] = await Promise.all([bundleFunctions(join(outdir, '.bundles')), bundleConsole(join(outdir, '.console'))])

// The bundles lie inside the assembly already; staging would copy them once more.
const app = new App({ outdir, analyticsReporting: false, context: { 'aws:cdk:disable-asset-staging': true } })
const stack = new SupersedeStack(app, 'Supersede', { bundles, console })
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
acknowledge(stack)
app.synth()
