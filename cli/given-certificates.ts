import { readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Certificate } from '../shared/livepatch/index.ts'
import { readBytes } from './files.ts'
import { allGiven, type Input } from './input.ts'
import type { Shell } from './shell.ts'

/** Files of a folder, sorted; a file is itself. What there is not is told when it is read. */
const filesAt = ({ cwd }: Shell, path: string): readonly string[] =>
  statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isDirectory() === true
    ? readdirSync(resolve(cwd, path))
        .sort()
        .map(name => join(path, name))
    : [path]

/** Certificates of `--trust`: files, or folders of them. */
export const givenCertificates = (input: Input): readonly Certificate[] =>
  allGiven(input, 'trust')
    .flatMap(path => filesAt(input.shell, path))
    .map(file => ({ name: basename(file).replace(/\.(pem|der|crt|cer|x509)$/, ''), bytes: readBytes(input.shell, file) }))
