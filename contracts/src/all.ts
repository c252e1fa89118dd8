/** The list of all modules. A new system adds its line here. */
import { chat } from './chat/index.ts'
import type { Contract } from './define.ts'
import { identity } from './identity/index.ts'
import { links } from './links/index.ts'
import { mails } from './mails/index.ts'

/** All contracts, in the order the documentation shows them. */
export const contracts: readonly Contract[] = [identity, links, chat, mails]
