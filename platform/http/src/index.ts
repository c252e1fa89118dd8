export { addressKey, addressPrefix } from './address.ts'
export {
  addressOf,
  admit,
  createHttpApp,
  drainHttp,
  type HttpApp,
  type HttpOptions,
  identify,
  sendProblem,
} from './app.ts'
export { sessionCookieName } from './credentials.ts'
export { docsPage } from './docs-page.ts'
export { type BodilessAnswer, bodilessAnswer, type ExpressRoute, headerOf } from './express-lane.ts'
export { addInternalRoutes, type VerifyServiceToken } from './internal-routes.ts'
export { openApi } from './openapi.ts'
export { addOperationRoutes, applyVerdict, takeCommandLimits } from './operation-routes.ts'
export type { UpgradeRequest, UpgradeRoute } from './upgrade.ts'
