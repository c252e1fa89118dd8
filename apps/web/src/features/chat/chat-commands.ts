/** Commands that only the pages of chat can run: components on the screen listen, and report whether they did it. */

export type ChatCommand = 'search' | 'reply-last' | 'members' | 'next-unread' | 'write'

type Handler = (command: ChatCommand) => boolean

const handlers = new Set<Handler>()

/** Returns a function that stops listening. */
export function onChatCommand(handler: Handler): () => void {
  handlers.add(handler)
  return () => void handlers.delete(handler)
}

/** False: no component on the screen could do it. */
export function runChatCommand(command: ChatCommand): boolean {
  return [...handlers].some(handler => handler(command))
}
