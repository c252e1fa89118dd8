/** The typed client of the chat API. */
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { createClient } from '../../shared/api.ts'

export const chatApi = createClient(chat)

/** Of other people chat looks up names and keeps blocks; accounts answer both. */
export const identityApi = createClient(identity)
