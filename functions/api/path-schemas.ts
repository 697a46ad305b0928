import * as z from 'zod'

/** Names in paths are only bounded here: one that no thing has is a 404 of that thing, not a complaint about its spelling. */
const name = z.string().min(1).max(128)

export const changePath = z.object({ change: name })
export const fleetPath = z.object({ fleet: name })
export const holdPath = z.object({ hold: name })
export const hostPath = z.object({ host: name })
export const receiverPath = z.object({ receiver: name })
export const deliveryPath = z.object({ receiver: name, delivery: name })
export const editPath = z.object({ edit: name })
export const digestPath = z.object({ digest: name })
