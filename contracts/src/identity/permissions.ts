/** Permissions over other people's accounts and reports. */
import { grantPermissions } from '../access.ts'

export const identityPermissions = grantPermissions({
  'users:read': ['moderator', 'admin'],
  'users:manage': ['admin'],
  'reports:handle': ['moderator', 'admin'],
})
