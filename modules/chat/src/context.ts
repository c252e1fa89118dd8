/** What every use case of chat works with. */
import type { chat, identity } from '@octet/contracts'
import { chat as chatContract, problemsOf } from '@octet/contracts'
import type { Context, Floor, ModuleRealtime } from '@octet/kernel'
import type { Pictures } from './pictures.ts'

export interface ChatState {
  readonly realtime: ModuleRealtime<typeof chat>
  readonly limiter: Floor['limiter']
  readonly outbound: Floor['outbound']
  readonly pictures: Pictures
}

export type ChatContext = Context<typeof chat, readonly [typeof identity], ChatState>

export const problem = problemsOf(chatContract)
