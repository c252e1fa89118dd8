/**
 * The signed-in account. Scripts cannot read the cookie. A hint beside it says whether a request for the account makes
 * sense, so that an anonymous visitor causes no failed request.
 */
import { hasPermission } from '@octet/contracts'
import { type Permission, permissions } from '@octet/contracts/all'
import type { Me } from '@octet/contracts/identity'
import { createContext, use } from 'react'
import { store, stored } from './storage.ts'

export interface Session {
  readonly user: Me | null
  readonly can: (permission: Permission) => boolean
}

export function sessionOf(user: Me | null): Session {
  return { user, can: permission => user !== null && hasPermission(user.roles, permissions[permission]) }
}

export const SessionContext = createContext<Session>(sessionOf(null))

export function useSession(): Session {
  return use(SessionContext)
}

/** The account, on routes that require one. */
export function useUser(): Me {
  const { user } = use(SessionContext)
  if (user === null) throw new Error('this page is shown to signed-in users only')
  return user
}

const hintKey = 'signed-in'

export function isSignedInLikely(): boolean {
  return stored(hintKey) !== null
}

export function rememberSignedIn(isSignedIn: boolean): void {
  store(hintKey, isSignedIn ? '1' : null)
}
