/** Permissions are declared once, by the module that owns them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contracts, permissions } from '../src/all.ts'
import { authorize, floorPermissions, grantPermissions, type PermissionGrants, type Principal } from '../src/index.ts'

test('every permission that an operation requires belongs to its own contract or to the platform', () => {
  for (const contract of contracts) {
    const own: PermissionGrants = { ...floorPermissions, ...contract.permissions }
    for (const [name, { access }] of Object.entries(contract.operations)) {
      if (access.kind !== 'permission') continue
      assert.deepEqual(own[access.permission]?.roles, access.roles, `${contract.name}.${name}: ${access.permission}`)
    }
  }
})

test('no two modules declare a permission of the same name', () => {
  const names = [floorPermissions, ...contracts.map(contract => contract.permissions ?? {})].flatMap(Object.keys)
  assert.deepEqual(names.toSorted(), Object.keys(permissions).toSorted())
})

test('only users with a role that carries the permission get through', () => {
  const { 'badges:award': award } = grantPermissions({ 'badges:award': ['moderator', 'admin'] })
  const access = { kind: 'permission', permission: award.name, roles: award.roles } as const
  const caller = (roles: Extract<Principal, { kind: 'user' }>['roles']): Principal => {
    return { kind: 'user', userId: 'u', sessionId: 's', roles, scopes: '*', provenAtMs: 0 }
  }
  authorize(access, caller(['user', 'moderator']))
  assert.throws(() => authorize(access, caller(['user', 'premium'])), { code: 'forbidden' })
  assert.throws(() => authorize(access, caller([])), { code: 'forbidden' })
})
