import { problemsOf } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'

/** Creates a problem of this module: `throw problem('username-taken')`. */
export const problem = problemsOf(identity)
