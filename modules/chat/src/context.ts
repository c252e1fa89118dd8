/** What every use case of chat works with. */
import type { chat, identity } from '@octet/contracts'
import { chat as chatContract, problemsOf } from '@octet/contracts'
import type { Context, ModuleRealtime } from '@octet/kernel'

export interface ChatState {
  readonly realtime: ModuleRealtime<typeof chat>
}

export type ChatContext = Context<typeof chat, readonly [typeof identity], ChatState>

export const problem = problemsOf(chatContract)
