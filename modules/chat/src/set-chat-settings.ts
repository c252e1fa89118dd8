import { type chat, type Input, type Output, requireUser } from '@octet/contracts'
import type { ChatContext } from './context.ts'
import * as presenceStore from './presence-store.ts'

type Settings = Output<typeof chat, 'getChatSettings'>

/** What others may know of the caller. */
export async function getChatSettings(ctx: ChatContext): Promise<Settings> {
  return settingsOf(await presenceStore.settingsOf(ctx.db, requireUser(ctx.actor).userId))
}

/** Changes it; whoever hides is offline for everybody at once. */
export async function setChatSettings(
  ctx: ChatContext,
  input: Input<typeof chat, 'setChatSettings'>,
): Promise<Settings> {
  const { userId } = requireUser(ctx.actor)
  const before = await presenceStore.settingsOf(ctx.db, userId)
  const after = {
    show_presence: input.showPresence ?? before.show_presence,
    show_reading: input.showReading ?? before.show_reading,
    show_typing: input.showTyping ?? before.show_typing,
    do_not_disturb_until: input.doNotDisturbUntil === undefined ? before.do_not_disturb_until : input.doNotDisturbUntil,
  }
  await presenceStore.putSettings(ctx.db, userId, after)
  if (after.show_presence !== before.show_presence) await ctx.presence.tell(userId)
  return settingsOf(after)
}

function settingsOf(row: presenceStore.SettingsRow): Settings {
  return {
    showPresence: row.show_presence,
    showReading: row.show_reading,
    showTyping: row.show_typing,
    doNotDisturbUntil: row.do_not_disturb_until,
  }
}
