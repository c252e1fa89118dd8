/** Parts of identity's inputs and outputs. */
import { type Static, Type } from 'typebox'
import { roles } from '../access.ts'
import { closed, Id, nullable, Time } from '../define.ts'

const examplePassword = 'correct horse battery staple'
const Username = Type.String({ minLength: 3, maxLength: 30, pattern: '^[a-zA-Z0-9_-]+$', examples: ['ada'] })
export const Email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+\\.[^\\s@\\u0000-\\u001f]+$',
  examples: ['ada@example.org'],
})
/** Checked again in bytes after Unicode normalisation; never truncated. */
export const Password = Type.String({
  minLength: 8,
  maxLength: 1024,
  writeOnly: true,
  examples: [examplePassword],
})
export const RoleName = Type.Enum([...roles])

export const Preferences = closed({
  theme: Type.Optional(Type.Enum(['auto', 'light', 'dark'])),
  language: Type.Optional(Type.Enum(['en', 'de'])),
  timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'IANA name' })),
})

const AvatarUrl = Type.String({ description: 'path of the profile picture; it changes with the picture' })
/** Bytes of an uploaded profile picture. */
export const avatarBytesMax = 5 * 1024 * 1024

/** The account as its owner sees it. */
export const Me = closed({
  id: Id,
  username: Username,
  displayName: Type.String(),
  bio: Type.String(),
  avatarUrl: Type.Optional(AvatarUrl),
  email: nullable(Type.String({ description: 'null: none, or another account verified it' })),
  emailVerified: Type.Boolean(),
  roles: Type.Array(RoleName),
  preferences: Preferences,
  createdAt: Time,
  version: Type.Integer(),
})
export type Me = Static<typeof Me>

/** The account as others see it. */
export const PublicUser = closed({
  id: Id,
  username: Username,
  displayName: Type.String(),
  avatarUrl: Type.Optional(AvatarUrl),
})
export const ManagedUser = closed({
  ...PublicUser.properties,
  roles: Type.Array(RoleName),
  createdAt: Time,
  disabledAt: nullable(Time),
  disabledReason: nullable(Type.String()),
})

/** A signed-in device: one session, whether a browser or an API client. */
export const Device = closed({
  id: Id,
  kind: Type.Enum(['web', 'api']),
  userAgent: Type.String(),
  address: Type.String({ description: 'network prefix, not the full address' }),
  createdAt: Time,
  lastSeenAt: Time,
  current: Type.Boolean(),
})
export type Device = Static<typeof Device>

export const PrincipalOf = Type.Union([
  closed({ kind: Type.Literal('anonymous') }),
  closed({
    kind: Type.Literal('user'),
    userId: Id,
    sessionId: Id,
    roles: Type.Array(RoleName),
    scopes: Type.Union([Type.Literal('*'), Type.Array(Type.String())]),
    provenAtMs: Type.Number(),
    isUnverified: Type.Optional(Type.Literal(true)),
  }),
])

export const Tokens = closed({
  user: Me,
  accessToken: Type.String(),
  refreshToken: Type.String(),
  expiresIn: Type.Integer({ description: 'life of the access token, seconds' }),
})
export const registration = { username: Username, email: Email, password: Password }
export const credentials = {
  login: Type.String({ minLength: 1, maxLength: 254, description: 'username or e-mail', examples: ['ada'] }),
  password: Type.String({ minLength: 1, maxLength: 1024, writeOnly: true, examples: [examplePassword] }),
}

const base64url = '^[A-Za-z0-9_-]+$'

/** The result of `PublicKeyCredential.toJSON()` after `navigator.credentials.get()` in the browser. */
export const PasskeyAssertion = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 1400, pattern: base64url, examples: ['AAAA'] }),
    rawId: Type.String({ minLength: 1, maxLength: 1400, pattern: base64url, examples: ['AAAA'] }),
    type: Type.Literal('public-key'),
    response: Type.Object(
      {
        clientDataJSON: Type.String({ minLength: 1, maxLength: 4_000, pattern: base64url, examples: ['AAAA'] }),
        authenticatorData: Type.String({ minLength: 1, maxLength: 4_000, pattern: base64url, examples: ['AAAA'] }),
        signature: Type.String({ minLength: 1, maxLength: 8_000, pattern: base64url, examples: ['AAAA'] }),
        userHandle: Type.Optional(Type.String({ maxLength: 200 })),
      },
      { additionalProperties: true },
    ),
  },
  { additionalProperties: true, writeOnly: true, description: 'PublicKeyCredential.toJSON()' },
)
export type PasskeyAssertion = Static<typeof PasskeyAssertion>

/** The result of `PublicKeyCredential.toJSON()` after `navigator.credentials.create()` in the browser. */
export const PasskeyRegistration = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 1400, pattern: base64url, examples: ['AAAA'] }),
    rawId: Type.String({ minLength: 1, maxLength: 1400, pattern: base64url, examples: ['AAAA'] }),
    type: Type.Literal('public-key'),
    response: Type.Object(
      {
        clientDataJSON: Type.String({ minLength: 1, maxLength: 4_000, pattern: base64url, examples: ['AAAA'] }),
        attestationObject: Type.String({ minLength: 1, maxLength: 40_000, pattern: base64url, examples: ['AAAA'] }),
        transports: Type.Optional(Type.Array(Type.String({ maxLength: 30, pattern: '^[a-z-]+$' }), { maxItems: 10 })),
      },
      { additionalProperties: true },
    ),
  },
  { additionalProperties: true, writeOnly: true, description: 'PublicKeyCredential.toJSON()' },
)

/** One of these proves a second factor. */
export const SecondFactorProof = {
  code: Type.Optional(
    Type.String({ minLength: 6, maxLength: 16, pattern: '^[0-9 ]+$', writeOnly: true, examples: ['123456'] }),
  ),
  recoveryCode: Type.Optional(Type.String({ minLength: 1, maxLength: 60, writeOnly: true })),
  passkey: Type.Optional(PasskeyAssertion),
}

/**
 * Confirms the identity of a signed-in person; exactly one must be given. A password counts only without an enabled
 * second factor.
 */
export const proof = { password: Type.Optional(credentials.password), ...SecondFactorProof }

/** How often one address may try to sign in or register. */
export const signInLimits = [{ by: 'address', max: 60, windowMs: 60_000 }] as const
