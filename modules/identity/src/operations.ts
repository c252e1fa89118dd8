/** Maps operations to use cases. */
import type { identity } from '@octet/contracts/identity'
import type { Operations } from '@octet/kernel'
import { getMe } from './account/get-me.ts'
import { getUsers } from './account/get-users.ts'
import { removeAvatar } from './account/set-avatar.ts'
import { updateMe } from './account/update-me.ts'
import { changeEmail } from './address/change-email.ts'
import { confirmEmail } from './address/confirm-email.ts'
import { getEmail } from './address/get-email.ts'
import { resendCode } from './address/resend-code.ts'
import { undoEmailChange } from './address/undo-email-change.ts'
import { disableUser, enableUser } from './administration/disable-user.ts'
import { endUserSessions } from './administration/end-user-sessions.ts'
import { listFlags } from './administration/list-flags.ts'
import { listUsers } from './administration/list-users.ts'
import { setFlag } from './administration/set-flag.ts'
import { setUserRoles } from './administration/set-user-roles.ts'
import { listAudit } from './audit/list-audit.ts'
import { verifyAudit, verifyUserAudit } from './audit/verify-audit.ts'
import type { IdentityContext } from './context.ts'
import { eraseUser } from './erasure/erase-user.ts'
import { requestErasure } from './erasure/request-erasure.ts'
import { createExportLink } from './export/create-export-link.ts'
import { listExports } from './export/list-exports.ts'
import { requestExport } from './export/request-export.ts'
import { confirmTotp } from './factors/confirm-totp.ts'
import { makeRecoveryCodes } from './factors/make-recovery-codes.ts'
import { removeTotp } from './factors/remove-totp.ts'
import { startTotp } from './factors/start-totp.ts'
import { createApiKey } from './keys/create-api-key.ts'
import { listApiKeys } from './keys/list-api-keys.ts'
import { listScopes } from './keys/list-scopes.ts'
import { reportLeakedKey } from './keys/report-leaked-key.ts'
import { revokeApiKey } from './keys/revoke-api-key.ts'
import { mailUser } from './mail/mail-user.ts'
import { addPasskey } from './passkeys/add-passkey.ts'
import { listPasskeys } from './passkeys/list-passkeys.ts'
import { passkeyOptions } from './passkeys/passkey-options.ts'
import { removePasskey } from './passkeys/remove-passkey.ts'
import { renamePasskey } from './passkeys/rename-passkey.ts'
import { startPasskey } from './passkeys/start-passkey.ts'
import { changePassword } from './passwords/change-password.ts'
import { forgotPassword } from './passwords/forgot-password.ts'
import { resetPassword } from './passwords/reset-password.ts'
import { blockUser, unblockUser } from './people/block-user.ts'
import { getProfile } from './people/get-profile.ts'
import { getBlocks, listBlocks } from './people/list-blocks.ts'
import { listReports } from './people/list-reports.ts'
import { reportUser } from './people/report-user.ts'
import { resolveReport } from './people/resolve-report.ts'
import { searchUsers } from './people/search-users.ts'
import { linkedProviders, listProviders, unlinkProvider } from './providers/linked-providers.ts'
import { listDevices } from './sessions/list-devices.ts'
import { signOutDevice } from './sessions/sign-out-device.ts'
import { signOutOthers } from './sessions/sign-out-others.ts'
import { getSetup } from './setup/get-setup.ts'
import { finishLogin } from './sign-in/finish-login.ts'
import { getSecurity } from './sign-in/get-security.ts'
import { login } from './sign-in/login.ts'
import { passkeyLogin } from './sign-in/passkey-login.ts'
import { refresh } from './sign-in/refresh.ts'
import { register } from './sign-in/register.ts'
import { stepUp } from './sign-in/step-up.ts'
import { authenticate } from './trust/authenticate.ts'
import { listRevocations } from './trust/list-revocations.ts'

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
  removeAvatar,
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
  listFlags,
  setFlag,
  mailUser,
  requestExport,
  listExports,
  createExportLink,
  requestErasure,
  eraseUser,
}
