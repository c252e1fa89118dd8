import { requireUser } from '@octet/contracts'
import type { ChatContext } from '../context.ts'
import { type Settings, settingsOf } from './set-chat-settings.ts'
import * as presenceStore from './store.ts'

/** What the caller shares with others. */
export async function getChatSettings(ctx: ChatContext): Promise<Settings> {
  return settingsOf(await presenceStore.settingsOf(ctx.db, requireUser(ctx.actor).userId))
}
