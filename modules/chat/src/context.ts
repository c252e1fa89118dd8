/** What every chat use case works with. */
import type { Cache } from '@octet/cache'
import { problemsOf } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import { chat as chatContract } from '@octet/contracts/chat'
import type { identity } from '@octet/contracts/identity'
import type { Context, Floor, ModuleRealtime } from '@octet/kernel'
import type { PresenceBoard } from './presence/board.ts'

export interface ChatState {
  readonly realtime: ModuleRealtime<typeof chat>
  readonly limiter: Floor['limiter']
  readonly outbound: Floor['outbound']
  readonly pictures: Floor['pictures']
  readonly presence: PresenceBoard
  /** Whether a room is a direct conversation. This never changes. */
  readonly directs: Cache<boolean>
}

export type ChatContext = Context<typeof chat, readonly [typeof identity], ChatState>

export const problem = problemsOf(chatContract)
