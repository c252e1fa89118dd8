/** What identity promises: accounts, sign-in, sessions and roles. */

import { Type } from 'typebox'
import { closed, defineContract, event, Id } from '../define.ts'
import { privacyRequests } from '../privacy.ts'
import { accountOperations } from './account.ts'
import { addressOperations } from './address.ts'
import { administrationOperations } from './administration.ts'
import { auditOperations } from './audit.ts'
import { factorOperations } from './factors.ts'
import { keyOperations } from './keys.ts'
import { passkeyOperations } from './passkeys.ts'
import { peopleOperations } from './people.ts'
import { identityPermissions } from './permissions.ts'
import { privacyOperations } from './privacy.ts'
import { providerOperations } from './providers.ts'
import { signInOperations } from './sign-in.ts'
import { socialOperations } from './social.ts'
import { trustOperations } from './trust.ts'

export type { AuditAction } from './audit.ts'
export { SecondFactorDemand } from './factors.ts'
export type { Export } from './privacy.ts'
export { secondFactorDemand } from './second-factor.ts'
export { Device, Me, PasskeyAssertion } from './shapes.ts'

export const identity = defineContract({
  name: 'identity',
  permissions: identityPermissions,
  problems: {
    'username-taken': { status: 409, title: 'That username is taken.' },
    'username-reserved': { status: 409, title: 'That username cannot be used.' },
    'wrong-credentials': { status: 401, title: 'Login or password is wrong.' },
    'session-ended': { status: 401, title: 'This session has ended; sign in again.' },
    'session-replayed': {
      status: 401,
      title: 'An old refresh token was used again, so this session was ended for safety.',
    },
    'second-factor-required': { status: 401, title: 'A second proof that it is you is needed.' },
    'second-factor-wrong': { status: 401, title: 'That code is wrong or was used before.' },
    'challenge-ended': { status: 401, title: 'This sign-in took too long or is over; start again.' },
    'passkey-refused': { status: 401, title: 'That passkey does not sign in here.' },
    'passkey-known': { status: 409, title: 'That passkey is kept already.' },
    'passkeys-full': { status: 409, title: 'There are as many passkeys as can be kept; remove one first.' },
    'passkeys-impossible': { status: 409, title: 'Passkeys need a host name, and https unless it is localhost.' },
    'totp-on': { status: 409, title: 'An authenticator app is turned on; turn it off first.' },
    'totp-not-started': { status: 409, title: 'There is no authenticator app to confirm; begin again.' },
    'two-step-off': { status: 409, title: 'Turn on a second factor first.' },
    'other-session-kind': {
      status: 409,
      title: 'A browser steps up at /auth/web/step-up, an API client at /auth/step-up.',
    },
    'code-invalid': { status: 403, title: 'This code is wrong, was used or has expired.' },
    'link-invalid': { status: 403, title: 'This link was used or has expired; ask for a new one.' },
    'email-taken': { status: 409, title: 'This address belongs to another account.' },
    'last-way-in': { status: 409, title: 'Set a password first: nothing else would sign you in.' },
    'provider-refused': { status: 403, title: 'The provider did not sign you in, or it took too long; start again.' },
    'provider-linked-elsewhere': { status: 409, title: 'That account signs somebody else in here already.' },
    'setup-token-invalid': {
      status: 403,
      title: 'This set-up link was used or has expired; restart Octet for a new one.',
    },
    'account-disabled': { status: 403, title: 'This account was disabled by an administrator.' },
    'too-many-keys': { status: 409, title: 'You have as many API keys as one account may have; revoke one first.' },
    'too-many-blocks': { status: 409, title: 'You have blocked as many people as one account may block.' },
    'export-running': { status: 409, title: 'An archive is being made; wait for it.' },
    'export-not-ready': { status: 409, title: 'This archive is not ready, or not any more.' },
    'username-wrong': { status: 409, title: 'That is not the username of the account.' },
    'own-account': { status: 409, title: 'That is your own account.' },
    'report-resolved': { status: 409, title: 'This report was resolved already.' },
    'last-admin': { status: 409, title: 'The last administrator must stay one.' },
  },
  operations: {
    ...signInOperations,
    ...factorOperations,
    ...passkeyOperations,
    ...accountOperations,
    ...addressOperations,
    ...providerOperations,
    ...auditOperations,
    ...keyOperations,
    ...privacyOperations,
    ...socialOperations,
    ...peopleOperations,
    ...administrationOperations,
    ...trustOperations,
  },
  events: {
    'user-registered': event({ version: 1, data: closed({ userId: Id }) }),
    ...privacyRequests.events,
    'owner-created': event({ version: 1, data: closed({ userId: Id, examples: Type.Boolean() }) }),
  },
})
