/** The typed client of the chat API. */
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { createClient } from '../../shared/api.ts'

export const chatApi = createClient(chat)

/** The operations of accounts that chat uses: names of other users, and blocks. */
export const identityApi = createClient(identity)
