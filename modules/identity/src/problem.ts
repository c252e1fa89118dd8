import { identity, problemsOf } from '@octet/contracts'

/** Makes the module's problems: `throw problem('username-taken')`. */
export const problem = problemsOf(identity)
