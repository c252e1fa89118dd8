/** The one list of contracts. A new system adds one line. */
export { chat } from './chat/index.ts'
export { identity } from './identity/index.ts'
export { links } from './links/index.ts'
export { mails } from './mails/index.ts'
