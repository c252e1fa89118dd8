/** Declared here because undoing a change of address enqueues it too; `passwords/send-reset.ts` runs it. */
import { job } from '@octet/jobs'
import { Type } from 'typebox'

export const sendResetJob = job('identity.send-reset', Type.Object({ emailKey: Type.String() }))
