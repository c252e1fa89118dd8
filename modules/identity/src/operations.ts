/** Operation → use case. */
import type { identity } from '@octet/contracts'
import type { Operations } from '@octet/kernel'
import { addPasskey } from './add-passkey.ts'
import { authenticate } from './authenticate.ts'
import { blockUser, unblockUser } from './block-user.ts'
import { changeEmail } from './change-email.ts'
import { changePassword } from './change-password.ts'
import { confirmEmail } from './confirm-email.ts'
import { confirmTotp } from './confirm-totp.ts'
import type { IdentityContext } from './context.ts'
import { createApiKey } from './create-api-key.ts'
import { createExportLink } from './create-export-link.ts'
import { disableUser, enableUser } from './disable-user.ts'
import { endUserSessions } from './end-user-sessions.ts'
import { eraseUser } from './erase-user.ts'
import { finishLogin } from './finish-login.ts'
import { forgotPassword } from './forgot-password.ts'
import { getEmail } from './get-email.ts'
import { getMe } from './get-me.ts'
import { getProfile } from './get-profile.ts'
import { getSecurity } from './get-security.ts'
import { getSetup } from './get-setup.ts'
import { getUsers } from './get-users.ts'
import { linkedProviders, listProviders, unlinkProvider } from './linked-providers.ts'
import { listApiKeys } from './list-api-keys.ts'
import { listAudit } from './list-audit.ts'
import { getBlocks, listBlocks } from './list-blocks.ts'
import { listDevices } from './list-devices.ts'
import { listExports } from './list-exports.ts'
import { listPasskeys } from './list-passkeys.ts'
import { listReports } from './list-reports.ts'
import { listRevocations } from './list-revocations.ts'
import { listScopes } from './list-scopes.ts'
import { listUsers } from './list-users.ts'
import { login } from './login.ts'
import { mailUser } from './mail-user.ts'
import { makeRecoveryCodes } from './make-recovery-codes.ts'
import { passkeyLogin } from './passkey-login.ts'
import { passkeyOptions } from './passkey-options.ts'
import { refresh } from './refresh.ts'
import { register } from './register.ts'
import { removePasskey } from './remove-passkey.ts'
import { removeTotp } from './remove-totp.ts'
import { renamePasskey } from './rename-passkey.ts'
import { reportLeakedKey } from './report-leaked-key.ts'
import { reportUser } from './report-user.ts'
import { requestErasure } from './request-erasure.ts'
import { requestExport } from './request-export.ts'
import { resendCode } from './resend-code.ts'
import { resetPassword } from './reset-password.ts'
import { resolveReport } from './resolve-report.ts'
import { revokeApiKey } from './revoke-api-key.ts'
import { searchUsers } from './search-users.ts'
import { setUserRoles } from './set-user-roles.ts'
import { signOutDevice } from './sign-out-device.ts'
import { signOutOthers } from './sign-out-others.ts'
import { startPasskey } from './start-passkey.ts'
import { startTotp } from './start-totp.ts'
import { stepUp } from './step-up.ts'
import { undoEmailChange } from './undo-email-change.ts'
import { updateMe } from './update-me.ts'
import { verifyAudit, verifyUserAudit } from './verify-audit.ts'

export const operations: Operations<typeof identity, IdentityContext> = {
  register,
  login,
  refresh,
  stepUp,
  finishLogin,
  passkeyOptions,
  passkeyLogin,
  startPasskey,
  addPasskey,
  listPasskeys,
  renamePasskey,
  removePasskey,
  startTotp,
  confirmTotp,
  removeTotp,
  makeRecoveryCodes,
  getSecurity,
  getSetup,
  getMe,
  updateMe,
  listDevices,
  signOutDevice,
  signOutOthers,
  changeEmail,
  changePassword,
  confirmEmail,
  forgotPassword,
  getEmail,
  resendCode,
  resetPassword,
  undoEmailChange,
  listProviders,
  listLinkedProviders: linkedProviders,
  unlinkProvider,
  listAudit,
  verifyAudit,
  verifyUserAudit,
  listScopes,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  reportLeakedKey,
  searchUsers,
  getProfile,
  listBlocks,
  blockUser,
  unblockUser,
  getBlocks,
  reportUser,
  listReports,
  resolveReport,
  disableUser,
  enableUser,
  endUserSessions,
  listUsers,
  setUserRoles,
  getUsers,
  authenticate,
  listRevocations,
  mailUser,
  requestExport,
  listExports,
  createExportLink,
  requestErasure,
  eraseUser,
}
