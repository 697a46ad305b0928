import { stripTypeScriptTypes } from 'node:module'

/** Jest's transform: the same type stripping that Node applies when it runs the project. */
export default { process: source => ({ code: stripTypeScriptTypes(source) }) }
