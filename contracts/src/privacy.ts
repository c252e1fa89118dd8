/**
 * How identity asks every module to export or erase a person's data, and how modules answer. The platform listens and
 * answers for each module, so these events belong to the vocabulary.
 */
import { Type } from 'typebox'
import { closed, defineContract, event, Id } from './define.ts'

const request = closed({ requestId: Id, userId: Id })

/** The part of identity's contract that every module listens to. */
export const privacyRequests = defineContract({
  name: 'identity',
  problems: {},
  operations: {},
  events: {
    'user-erasing': event({ version: 1, data: request }),
    'export-requested': event({ version: 1, data: request }),
  },
})

const answer = closed({ requestId: Id, module: Type.String({ maxLength: 64 }) })

/** `<module>.user-erased`: that module holds no data of the person any more. */
export const userErased = event({ version: 1, data: answer })

/** `<module>.user-exported`: that module has written its part of the export. */
export const userExported = event({ version: 1, data: answer })

/** The events any module may publish as an answer, by name. */
export const answers = { 'user-erased': userErased, 'user-exported': userExported }
