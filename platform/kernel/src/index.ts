export { clientOf, localTransport, type Transport } from './calls.ts'
export type { Capability } from './capability.ts'
export { notificationJob, write as writeNotification } from './deliver-notifications.ts'
export { type Flag, type FlagState, type Flags, isInShare } from './flag.ts'
export { type Delivery, type Host, openModules, type Subscriber, serviceRequest } from './host.ts'
export { asProblem, type Client, type Handler, invoke, type RequestInfo, within } from './invoke.ts'
export {
  type AccountsElsewhere,
  type AnyModule,
  type Context,
  defineModule,
  type Floor,
  type Installation,
  type InstallationFlags,
  type Module,
  type ModuleRealtime,
  type Operations,
  type Reach,
  type RemoteAccounts,
  type Routes,
  type StreamRules,
  settingsOfModules,
} from './module.ts'
export {
  type About,
  type AnyNotificationKind,
  type DeliverNotification,
  type NewNotification,
  type Notification,
  type NotificationKind,
  type NotificationText,
  type Notify,
  notification,
} from './notification.ts'
export { type CompiledOperation, checkInput, operationsOf, type Route } from './operation.ts'
export { type Page, type PageRequest, type Position, pageOf, readPage, type Total, totalOf } from './page.ts'
export type { ExportedFile, KeepsNothing, Privacy } from './privacy.ts'
export { connectRemote, type Remote } from './remote.ts'
export {
  createTokenSigner,
  createTokenVerifier,
  type PublicKeyOf,
  type ServiceCaller,
  type ServiceKey,
} from './service-token.ts'
export { type ModuleJob, on, onAnyModule, onJob, type Subscription, wants } from './work.ts'
