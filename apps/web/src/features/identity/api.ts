/** The typed clients of accounts, and of the mails that an administrator may read. */
import { identity } from '@octet/contracts/identity'
import { mails } from '@octet/contracts/mails'
import { createClient } from '../../shared/api.ts'

export const identityApi = createClient(identity)
export const mailsApi = createClient(mails)
