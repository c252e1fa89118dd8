/** What operators and programs ask of any Octet: health, metrics, documentation. */
import { access, type Contract } from '@octet/contracts'
import { docsPage, type HttpApp, openApi } from '@octet/http'
import type { Health, Metrics } from '@octet/observe'

const docsPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

export interface PlatformRoutes {
  readonly contracts: readonly Contract[]
  readonly origin: string
  readonly health: Health
  readonly metrics: Metrics
}

export function addPlatformRoutes(app: HttpApp, { contracts, origin, health, metrics }: PlatformRoutes): void {
  const config = { access: access.anyone, quiet: true }
  app.get('/health/live', { config }, async () => health.live())
  app.get('/health/ready', { config }, async (_, reply) => {
    const report = await health.ready()
    return reply
      .code(report.ok ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report)
  })
  app.get('/metrics', { config }, async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()))
  const document = JSON.stringify(openApi(contracts, origin))
  app.get('/openapi.json', { config }, (_, reply) => reply.type('application/json; charset=utf-8').send(document))
  const page = docsPage(contracts, origin)
  app.get('/docs', { config }, (_, reply) => {
    return reply.type('text/html; charset=utf-8').header('content-security-policy', docsPolicy).send(page)
  })
}
