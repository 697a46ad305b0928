import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RULES } from '../shared/verdict/index.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from './terminal/read-json.ts'

/** What was judged: a file as it was named on the command line, or a livepatch of the catalog. */
export type Judged = { readonly file: string } | { readonly digest: string }

const LEVELS: Readonly<Record<string, string>> = { block: 'error', review: 'warning', note: 'note' }

/** SARIF wants URIs (section 3.4): characters of a file's name that have a meaning in one are escaped. */
const uriOf = (judged: Judged): string => {
  if ('digest' in judged) return `modules/${judged.digest}.ko`
  return isAbsolute(judged.file) ? pathToFileURL(judged.file).href : judged.file.split('/').map(encodeURIComponent).join('/')
}

const ruleOf = (id: string): object => {
  const rule = RULES.find(candidate => candidate.id === id)
  const text = rule?.law ?? 'A finding of a newer server.'
  return {
    id,
    shortDescription: { text },
    ...(rule && { fullDescription: { text: `${text} Source: ${rule.source}.` } }),
    helpUri: `https://supersede.dev/docs/findings/${id}.md`,
    help: { text: `What it is, why, and how to fix it: docs/findings/${id}.md` },
  }
}

const hostsOf = (hosts: string): string => (hosts === '1' ? '1 host' : `${hosts} hosts`)

const resultOf = (verdict: JsonObject, judged: Judged, ids: readonly string[], finding: JsonObject): object => {
  const [code, cohort] = [textOf(finding['code']), textOf(finding['cohort'])]
  const affected = objectsOf(verdict['cohorts']).find(each => textOf(each['cohort']) === cohort)
  return {
    ruleId: code,
    ruleIndex: ids.indexOf(code),
    level: LEVELS[textOf(finding['severity'])] ?? 'warning',
    message: { text: `${textOf(finding['message'])} ${textOf(finding['remedy'])}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(judged), index: 0 } },
        ...(cohort !== '' && {
          logicalLocations: [
            { name: cohort, kind: 'cohort', fullyQualifiedName: `cohort ${cohort} (${hostsOf(textOf(affected?.['hosts']))})` },
          ],
        }),
      },
    ],
    /* The same finding about the same stack is the same alert, whatever its wording. */
    partialFingerprints: { 'supersedeFinding/v1': `${code}:${cohort}` },
    properties: { severity: textOf(finding['severity']), remedy: textOf(finding['remedy']), evidence: objectOf(finding['evidence']) },
  }
}

/** A verdict as SARIF 2.1.0 (OASIS), which CI systems show beside the change that made it. */
export const sarifOf = (verdict: JsonObject, judged: Judged, version: string): object => {
  const findings = objectsOf(verdict['findings'])
  const ids = [...new Set([...RULES.map(({ id }) => id), ...findings.map(({ code }) => textOf(code))])]
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Supersede', version, rules: ids.map(ruleOf) } },
        artifacts: [{ location: { uri: uriOf(judged) }, hashes: { 'sha-256': textOf(verdict['livepatch']) } }],
        results: findings.map(finding => resultOf(verdict, judged, ids, finding)),
        properties: { outcome: textOf(verdict['outcome']) },
      },
    ],
  }
}
