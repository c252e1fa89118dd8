/** The chat module broken on purpose. The rooms' own run (`run-chat.ts`) shows these. */
import type { Mutant } from '../../mutants/mutant.ts'

export const chatMutants = {
  /** Treats a known message as a new one. */
  'cmid-forgotten': {
    file: 'modules/chat/src/messages/store.ts',
    find: 'if (claimed.length === 1) return undefined',
    replace: 'if (claimed !== undefined) return undefined',
  },
  /** Lets concurrent changes of a room overtake each other. */
  'room-unlocked': {
    file: 'modules/chat/src/rooms/store.ts',
    find: ' for update`',
    replace: '`',
  },
} as const satisfies Record<string, Mutant>
