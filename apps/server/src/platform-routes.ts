/** What operators and programs ask of any Octet: health, metrics, documentation. */
import { access, type Contract } from '@octet/contracts'
import { docsPages, type HttpApp, openApi, postmanCollection } from '@octet/http'
import type { Health, Metrics } from '@octet/observe'

export interface PlatformRoutes {
  readonly contracts: readonly Contract[]
  readonly origin: string
  readonly health: Health
  readonly metrics: Metrics
}

/** Adds the routes; resolves when the files of the documentation pages have been read. */
export async function addPlatformRoutes(app: HttpApp, platform: PlatformRoutes): Promise<void> {
  const { contracts, origin, health, metrics } = platform
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
  app.addDocument({
    url: '/openapi.json',
    type: 'application/json; charset=utf-8',
    body: JSON.stringify(openApi(contracts, origin)),
  })
  app.addDocument({
    url: '/postman.json',
    type: 'application/json; charset=utf-8',
    body: JSON.stringify(postmanCollection(contracts, origin)),
  })
  const { start, folder } = await docsPages(contracts, origin)
  app.addDocument(start)
  app.addDocumentFolder('/docs', folder)
}
