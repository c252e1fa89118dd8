/**
 * The library for passkeys, loaded with the first use of one: with what it depends on it is 300 files, and a server
 * starts a tenth faster without them.
 */
export const loadWebauthn = () => import('@simplewebauthn/server')
