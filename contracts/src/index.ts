/** Every module's promises, and the catalogue of problems made from them. */
import { chat } from './chat.ts'
import { type Contract, commonProblems, type ProblemSpec } from './define.ts'
import { identity } from './identity.ts'
import { links } from './links.ts'
import { mails } from './mails.ts'

export {
  type Cursor,
  chat,
  type FileInfo,
  fileBytesMax,
  type Member,
  type MemberRole,
  type Message,
  memberRoles,
  messageFilesMax,
  type Preview,
  type Room,
} from './chat.ts'
export * from './define.ts'
export { type ExamplePerson, examplePeople } from './examples.ts'
export {
  type AuditAction,
  type Device,
  type Export,
  identity,
  type Me,
  type PasskeyAssertion,
  type SecondFactorDemand,
  secondFactorDemand,
} from './identity.ts'
export {
  type ClickDimension,
  type Condition,
  clickDimensions,
  type Delivery,
  type DeliveryDetails,
  type Domain,
  deviceKinds,
  type Folder,
  type ImportColumn,
  importColumns,
  importRowsMax,
  type Link,
  type LinkRouting,
  type LinkStats,
  type LinksOverview,
  type ListedLink,
  links,
  type NewLink,
  type PreviewCard,
  type PublicStats,
  type Routing,
  systemNames,
  type Utm,
  type UtmTemplate,
  type Webhook,
  type WebhookEvent,
} from './links.ts'
export { type KeptMail, mails } from './mails.ts'
export * from './principal.ts'
export { answers, userErased, userExported } from './privacy.ts'
export * from './problem.ts'
export * from './realtime.ts'
export * from './request.ts'
export { grantableScopes } from './scopes.ts'

/** All contracts, in the order the documentation shows them. */
export const contracts: readonly Contract[] = [identity, links, chat, mails]

/** Every problem Octet may answer with: full code to status and public title. */
export function problemCatalogue(of: readonly Contract[] = contracts): ReadonlyMap<string, ProblemSpec> {
  const catalogue = new Map<string, ProblemSpec>(Object.entries(commonProblems))
  for (const contract of of) {
    for (const [key, spec] of Object.entries(contract.problems)) catalogue.set(`${contract.name}.${key}`, spec)
  }
  return catalogue
}
