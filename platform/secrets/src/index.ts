export { readKeyFile } from './key-file.ts'
export { createSecrets, newSecretKey, type Secrets } from './secrets.ts'
