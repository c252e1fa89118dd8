import { type Input, type Output, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { ChatContext } from '../context.ts'
import * as presenceStore from './store.ts'

export type Settings = Output<typeof chat, 'getChatSettings'>

/** Changes the settings. A person who hides is shown as offline to others immediately. */
export async function setChatSettings(
  ctx: ChatContext,
  input: Input<typeof chat, 'setChatSettings'>,
): Promise<Settings> {
  const { userId } = requireUser(ctx.actor)
  const after = await presenceStore.changeSettings(ctx.db, userId, input)
  if (input.showPresence !== undefined) await ctx.presence.publish(userId)
  return settingsOf(after)
}

/** Settings as their owner sees them. */
export function settingsOf(row: presenceStore.SettingsRow): Settings {
  return {
    showPresence: row.show_presence,
    showReading: row.show_reading,
    showTyping: row.show_typing,
    doNotDisturbUntil: row.do_not_disturb_until,
  }
}
