import * as z from 'zod'

/** More than an edit may hold (shared/edition), so that what is too large there is told by file. */
export const EDIT_BYTES_MAX = 524_288

/** What an edit of the policies changes: texts by path, null where a file goes. */
export const EditFiles = z.record(z.string().min(1).max(256), z.string().nullable())
