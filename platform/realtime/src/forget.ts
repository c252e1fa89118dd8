import type { Connection } from './connection.ts'
import { countHello, type State, uncountConnection } from './state.ts'
import { drop } from './subscribe.ts'

/** The peer is gone: ends the subscriptions of the connection and removes it from all counts. */
export function forget(state: State, connection: Connection, code: number): void {
  if (!state.all.delete(connection)) return
  const { phase } = connection
  connection.phase = { state: 'closed' }
  state.measures.closed(code)
  let userId: string | undefined
  switch (phase.state) {
    case 'hello':
    case 'checking':
      countHello(state, connection)
      break
    case 'open':
    case 'following':
      userId = phase.session.userId
      for (const subscription of phase.session.subscriptions.values()) drop(phase.session, subscription)
      break
    case 'closed':
      break
    default:
      phase satisfies never
  }
  uncountConnection(state, connection, userId)
}
