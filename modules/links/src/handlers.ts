/** Events of other modules → use cases. */
import { identity } from '@octet/contracts'
import { on } from '@octet/kernel'
import { takeOverExamples } from './take-over-examples.ts'

export const handlers = [on(identity, 'owner-created', takeOverExamples)]
