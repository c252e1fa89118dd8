/** Events by which every module answers for a person's data. The floor publishes them; contracts do not repeat them. */
import { Type } from 'typebox'
import { closed, event, Id } from './define.ts'

const answered = closed({ requestId: Id, module: Type.String({ maxLength: 64 }) })

/** `<module>.user-erased`: nothing of the person is left in that module. */
export const userErased = event({ version: 1, data: answered })

/** `<module>.user-exported`: the module's part of the archive is written. */
export const userExported = event({ version: 1, data: answered })

/** Event name → what it carries, of the events any module may publish. */
export const answers = { 'user-erased': userErased, 'user-exported': userExported }
