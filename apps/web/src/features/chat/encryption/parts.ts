/** The code of encrypted rooms, loaded when the first of them is opened. */
import type { Device, Encryption, SecretStore } from '@octet/encryption-client'

export interface Parts {
  readonly library: typeof import('@octet/encryption-client')
  readonly store: SecretStore
  readonly encryption: Encryption
  readonly device: Device
}
