/** All contracts, and the permissions they declare together. */
import { floorPermissions, type PermissionGrant, type PermissionGrants } from './access.ts'
import type { Contract } from './define.ts'
import * as list from './list.ts'

/** All contracts with their types, in order of name. */
export type Contracts = readonly (typeof list)[keyof typeof list][]
export const all: Contracts = Object.values(list)

/** The same for code that works with any contract. */
export const contracts: readonly Contract[] = [...all]

type NamesIn<C> = C extends { readonly permissions: infer P extends PermissionGrants } ? keyof P & string : never

/** The name of any permission of any module. */
export type Permission = NamesIn<Contracts[number]> | keyof typeof floorPermissions

/** Every permission by name, with the roles that carry it. */
export const permissions: Readonly<Record<Permission, PermissionGrant>> = Object.assign(
  {},
  floorPermissions,
  ...contracts.map(contract => contract.permissions),
)
