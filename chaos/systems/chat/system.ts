/** Rooms under faults. Their clients need sockets, Redis and slow wires: `run-chat.ts` is a separate run. */
import { defineChaosSystem } from '../system.ts'
import { chatMutants } from './mutants.ts'

/** @public loaded by systems/all.ts */
export const system = defineChaosSystem({ name: 'chat', readState: async () => ({}), mutants: chatMutants })
