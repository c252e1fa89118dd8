/** Commands that only the pages of chat can carry out: whoever is on the screen listens, and says whether it did. */

export type ChatCommand = 'search' | 'reply-last' | 'members' | 'next-unread' | 'write'

type Handler = (command: ChatCommand) => boolean

const handlers = new Set<Handler>()

/** Returns how to stop listening. */
export function onChatCommand(handler: Handler): () => void {
  handlers.add(handler)
  return () => void handlers.delete(handler)
}

/** False: nobody on the screen could do it. */
export function runChatCommand(command: ChatCommand): boolean {
  return [...handlers].some(handler => handler(command))
}
