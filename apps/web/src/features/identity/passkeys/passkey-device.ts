/** The browser's side of passkeys: using one and creating one. */
import { Problem } from '@octet/contracts'
import type { PasskeyAssertion } from '@octet/contracts/identity'
import { identityApi } from '../api.ts'

type Purpose = 'sign-in' | 'second-factor' | 'step-up'

/** Passkeys belong to a host name; browsers create none for a numeric address. */
export function arePasskeysPossible(): boolean {
  if (typeof PublicKeyCredential === 'undefined' || !window.isSecureContext) return false
  if (!('parseRequestOptionsFromJSON' in PublicKeyCredential)) return false
  return !/^[\d.]+$|^\[/.test(window.location.hostname)
}

/** The user closed the browser's window, or has no passkey for this site. */
function stopped(cause: unknown): Problem {
  const title = 'No passkey was used.'
  return new Problem({ code: 'identity.passkey-stopped', status: 400, title }, { cause })
}

export interface AskOptions {
  /** Offers passkeys in the user name field instead of opening the browser's window. */
  readonly isQuiet?: boolean
  readonly signal?: AbortSignal
}

/** Lets the browser authenticate the user by a passkey. Throws `identity.passkey-stopped` when that did not happen. */
export async function askForPasskey(purpose: Purpose, { isQuiet, signal }: AskOptions = {}): Promise<PasskeyAssertion> {
  const { options } = await identityApi.passkeyOptions({ purpose }, signal === undefined ? {} : { signal })
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as never)
  const request: CredentialRequestOptions = { publicKey }
  if (isQuiet) request.mediation = 'conditional'
  if (signal !== undefined) request.signal = signal
  const credential = await navigator.credentials.get(request).catch(error => {
    throw stopped(error)
  })
  if (!(credential instanceof PublicKeyCredential)) throw stopped(undefined)
  return credential.toJSON() as PasskeyAssertion
}

/** Creates a passkey on this device from the server's options. Throws like {@link askForPasskey}. */
export async function makePasskey(options: object) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as never)
  const credential = await navigator.credentials.create({ publicKey }).catch(error => {
    throw stopped(error)
  })
  if (!(credential instanceof PublicKeyCredential)) throw stopped(undefined)
  return credential.toJSON() as Parameters<typeof identityApi.addPasskey>[0]['passkey']
}
