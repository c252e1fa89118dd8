/** Accounts of the people named in the demo data of other modules. */
import { examplePeople } from '@octet/contracts/examples'
import { usernameKey } from './account/rules.ts'
import * as store from './account/store.ts'
import type { IdentityContext } from './context.ts'

/** Inserts the accounts. A username that is already taken stays with its owner. */
export async function seedDemo({ db }: IdentityContext): Promise<void> {
  await db.transaction('identity.seedDemo', async tx => {
    for (const { id, username, displayName } of Object.values(examplePeople)) {
      const withoutCredentials = { email: null, emailKey: null, passwordHash: null, roles: ['user'] } as const
      const isNew = await store.insertUser(tx, {
        id,
        username,
        usernameKey: usernameKey(username),
        ...withoutCredentials,
      })
      if (isNew)
        await store.updateUser(tx, id, { displayName, bio: undefined, preferences: undefined, ifVersion: undefined })
    }
  })
}
