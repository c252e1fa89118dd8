/** Events of other modules → use cases. */
import { identity } from '@octet/contracts/identity'
import { on } from '@octet/kernel'
import { takeOverExamples } from './examples/take-over-examples.ts'
import { welcomeNewcomer } from './examples/welcome-newcomer.ts'

export const handlers = [
  on(identity, 'user-registered', welcomeNewcomer),
  on(identity, 'owner-created', takeOverExamples),
]
