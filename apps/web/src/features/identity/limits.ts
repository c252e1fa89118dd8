/** The limits of account fields, read from the contract at build time. */
import { identity } from '@octet/contracts/identity'
import { mails } from '@octet/contracts/mails'
import { limitOf } from '../../shared/limits.ts'

const { webRegister, webStepUp, updateMe, confirmTotp, confirmEmail, renamePasskey, createApiKey } = identity.operations
const { reportLeakedKey, searchUsers, listUsers, reportUser, resolveReport, disableUser } = identity.operations

export const limits = {
  username: limitOf(webRegister, 'username'),
  email: limitOf(webRegister, 'email'),
  password: limitOf(webRegister, 'password'),
  displayName: limitOf(updateMe, 'displayName'),
  bio: limitOf(updateMe, 'bio'),
  totpCode: limitOf(confirmTotp, 'code'),
  recoveryCode: limitOf(webStepUp, 'recoveryCode'),
  emailCode: limitOf(confirmEmail, 'code'),
  passkeyName: limitOf(renamePasskey, 'name'),
  keyName: limitOf(createApiKey, 'name'),
  leakedKey: limitOf(reportLeakedKey, 'key'),
  search: limitOf(searchUsers, 'q'),
  userSearch: limitOf(listUsers, 'q'),
  reportNote: limitOf(reportUser, 'note'),
  resolution: limitOf(resolveReport, 'note'),
  disableReason: limitOf(disableUser, 'reason'),
  mailAddress: limitOf(mails.operations.listMails, 'to'),
}
