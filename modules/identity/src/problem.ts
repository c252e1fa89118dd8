import { problemsOf } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'

/** Makes the module's problems: `throw problem('username-taken')`. */
export const problem = problemsOf(identity)
