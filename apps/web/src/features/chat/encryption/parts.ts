/** What encrypted rooms need, once the first of them has been opened. */
import type { Device, Encryption, SecretStore } from '@octet/encryption-client'

export interface Parts {
  readonly library: typeof import('@octet/encryption-client')
  readonly store: SecretStore
  readonly encryption: Encryption
  readonly device: Device
}
