/** Accounts of the people whom the demo data of other modules names. */
import { examplePeople } from '@octet/contracts/examples'
import { usernameKey } from './account/rules.ts'
import * as store from './account/store.ts'
import type { IdentityContext } from './context.ts'

/** Inserts them; a name somebody else has stays theirs. */
export async function seedDemo({ db }: IdentityContext): Promise<void> {
  await db.transaction('identity.seedDemo', async tx => {
    for (const { id, username, displayName } of Object.values(examplePeople)) {
      const nobody = { email: null, emailKey: null, passwordHash: null, roles: ['user'] } as const
      const isNew = await store.insertUser(tx, { id, username, usernameKey: usernameKey(username), ...nobody })
      if (isNew) await store.updateUser(tx, id, { displayName, preferences: undefined, ifVersion: undefined })
    }
  })
}
