import { objectStorage } from '../aws/object-storage.ts'
import type { Service } from '../aws/send.ts'
import { signingKey as openSigningKey } from '../aws/signing-key.ts'
import { workflow as openWorkflow } from '../aws/workflow.ts'
import { now } from './around.ts'
import { lazily, optional, required } from './environment.ts'

/** Read at each call: Lambda renews what is in its environment only for a new one, and a test may change it. */
const credentials = () => ({
  accessKeyId: required('AWS_ACCESS_KEY_ID'),
  secretAccessKey: required('AWS_SECRET_ACCESS_KEY'),
  sessionToken: process.env['AWS_SESSION_TOKEN'],
})

/** A service of the cloud, at its regional address or where the environment says. */
export const service = (name: Service['service'], variable: string): Service => {
  const region = required('AWS_REGION')
  const deployed = `https://${name}.${region}.amazonaws.com`
  const endpoint = optional(`AWS_ENDPOINT_URL_${variable}`, optional('AWS_ENDPOINT_URL', deployed))
  return { service: name, region, endpoint, credentials, now }
}

/* Marked as pure, so that a bundle leaves out what its function does not use. */
/* Marked as pure, so that a bundle leaves out what its function does not use. */
export const workflow = /* @__PURE__ */ lazily(() => openWorkflow(service('states', 'SFN'), optional('LIFECYCLE_ARN', '')))
export const objects = /* @__PURE__ */ lazily(() => objectStorage(service('s3', 'S3'), required('ARTIFACTS_BUCKET')))
export const signingKey = /* @__PURE__ */ lazily(() => openSigningKey(service('kms', 'KMS'), required('SIGNING_KEY_ID')))
export const publicUrl = /* @__PURE__ */ lazily(() => required('PUBLIC_URL').replace(/\/+$/, ''))
