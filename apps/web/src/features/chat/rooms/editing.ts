/** The message of the open room that is being edited. A separate store, so that only its row renders again. */

export interface Editing {
  readonly subscribe: (listener: () => void) => () => void
  readonly get: () => string | undefined
  /** Starts editing the message in the room or in its thread, and ends any other edit. */
  readonly begin: (messageId: string, isInThread?: boolean) => void
  readonly end: () => void
}

/** The key of a row: the first message of a thread may be shown in the room and in the thread at once. */
export const editingKey = (messageId: string, isInThread = false) => `${isInThread ? 'thread' : 'room'} ${messageId}`

export function createEditing(): Editing {
  let current: string | undefined
  const listeners = new Set<() => void>()
  function set(next: string | undefined): void {
    current = next
    for (const listener of listeners) listener()
  }
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    get: () => current,
    begin: (messageId, isInThread) => set(editingKey(messageId, isInThread)),
    end: () => set(undefined),
  }
}
