/** The list of all modules. A new system adds its line here. */
import { floorPermissions, type PermissionGrant, type PermissionGrants } from './access.ts'
import { chat } from './chat/index.ts'
import type { Contract } from './define.ts'
import { identity } from './identity/index.ts'
import { links } from './links/index.ts'
import { mails } from './mails/index.ts'

/** All contracts with their types, in the order the documentation shows them. */
export const all = [identity, links, chat, mails] as const
export type Contracts = typeof all

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
