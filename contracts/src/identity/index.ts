/** The contract of identity: accounts, sign-in, sessions and roles. */

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

export type { FlagState } from './administration.ts'
export type { AuditAction } from './audit.ts'
export { SecondFactorDemand } from './factors.ts'
export type { Export } from './privacy.ts'
export { secondFactorDemand } from './second-factor.ts'
export { avatarBytesMax, Device, Me, PasskeyAssertion } from './shapes.ts'

export const identity = defineContract({
  name: 'identity',
  permissions: identityPermissions,
  problems: {
    'registrations-off': { status: 403, title: 'New accounts cannot be created at the moment.' },
    'pictures-off': { status: 403, title: 'Profile pictures cannot be changed at the moment.' },
    'username-taken': { status: 409, title: 'That username is taken.' },
    'not-a-picture': { status: 415, title: 'This picture cannot be read.' },
    'username-reserved': { status: 409, title: 'That username cannot be used.' },
    'wrong-credentials': { status: 401, title: 'Login or password is wrong.' },
    'session-ended': { status: 401, title: 'This session has ended; sign in again.' },
    'session-replayed': {
      status: 401,
      title: 'An old refresh token was used again, so this session was ended for safety.',
    },
    'second-factor-required': { status: 401, title: 'A second factor is required.' },
    'second-factor-wrong': { status: 401, title: 'That code is wrong or was used before.' },
    'challenge-ended': { status: 401, title: 'This sign-in took too long or has ended; start again.' },
    'passkey-refused': { status: 401, title: 'This passkey was not accepted.' },
    'passkey-known': { status: 409, title: 'That passkey is already registered.' },
    'passkeys-full': { status: 409, title: 'You have reached the limit for passkeys; remove one first.' },
    'passkeys-impossible': { status: 409, title: 'Passkeys need a host name, and https unless it is localhost.' },
    'totp-on': { status: 409, title: 'An authenticator app is turned on; turn it off first.' },
    'totp-not-started': { status: 409, title: 'There is no authenticator app to confirm; start again.' },
    'two-step-off': { status: 409, title: 'Turn on a second factor first.' },
    'other-session-kind': {
      status: 409,
      title: 'A browser steps up at /auth/web/step-up, an API client at /auth/step-up.',
    },
    'code-invalid': { status: 403, title: 'This code is wrong, was used or has expired.' },
    'link-invalid': { status: 403, title: 'This link was used or has expired; ask for a new one.' },
    'email-taken': { status: 409, title: 'This address belongs to another account.' },
    'last-way-in': { status: 409, title: 'Set a password first: the account has no other sign-in method.' },
    'provider-refused': { status: 403, title: 'The provider did not sign you in, or it took too long; start again.' },
    'provider-linked-elsewhere': { status: 409, title: 'That provider account is linked to another user.' },
    'setup-token-invalid': {
      status: 403,
      title: 'This set-up link was used or has expired; restart Octet for a new one.',
    },
    'account-disabled': { status: 403, title: 'This account was disabled by an administrator.' },
    'too-many-keys': { status: 409, title: 'You have reached the limit for API keys; revoke one first.' },
    'too-many-blocks': { status: 409, title: 'You have reached the limit for blocked people.' },
    'export-running': { status: 409, title: 'An export is being created; wait for it.' },
    'export-not-ready': { status: 409, title: 'This export is not ready or has expired.' },
    'username-wrong': { status: 409, title: 'That is not the username of the account.' },
    'own-account': { status: 409, title: 'That is your own account.' },
    'report-resolved': { status: 409, title: 'This report was resolved already.' },
    'last-admin': { status: 409, title: 'There must be at least one administrator.' },
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
