import { identity } from '@octet/contracts/identity'
import type { SystemCanaries } from '../canary-words.ts'

/** @public loaded by canary-words.ts */
export const canaries: SystemCanaries = {
  async write({ app, token, word, keep }) {
    const client = app.client(identity, { token })
    keep(await client.createApiKey({ name: word('createApiKey.name'), scopes: ['links:read'] }))
  },
  mustSucceed: ['disableUser', 'enableUser', 'forgotPassword', 'signOutOthers', 'revokeApiKey'],
}
