/** Operation → use case. */
import type { identity } from '@octet/contracts'
import type { Operations } from '@octet/kernel'
import { authenticate } from './authenticate.ts'
import type { IdentityContext } from './context.ts'
import { getMe } from './get-me.ts'
import { getSetup } from './get-setup.ts'
import { getUsers } from './get-users.ts'
import { listAudit } from './list-audit.ts'
import { listDevices } from './list-devices.ts'
import { listUsers } from './list-users.ts'
import { login } from './login.ts'
import { refresh } from './refresh.ts'
import { register } from './register.ts'
import { setUserRoles } from './set-user-roles.ts'
import { signOutDevice } from './sign-out-device.ts'
import { signOutOthers } from './sign-out-others.ts'
import { stepUp } from './step-up.ts'
import { updateMe } from './update-me.ts'
import { verifyAudit, verifyUserAudit } from './verify-audit.ts'

export const operations: Operations<typeof identity, IdentityContext> = {
  register,
  login,
  refresh,
  stepUp,
  getSetup,
  getMe,
  updateMe,
  listDevices,
  signOutDevice,
  signOutOthers,
  listAudit,
  verifyAudit,
  verifyUserAudit,
  listUsers,
  setUserRoles,
  getUsers,
  authenticate,
}
