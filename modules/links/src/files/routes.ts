/** Operations that answer with files. */
import { Readable } from 'node:stream'
import type { links } from '@octet/contracts/links'
import type { Routes } from '@octet/kernel'
import type { FastifyReply } from 'fastify'
import type { LinksContext } from '../context.ts'
import { exportLinkStats } from './export-link-stats.ts'
import { exportLinks } from './export-links.ts'
import { getLinkQr } from './get-link-qr.ts'

/** Registers the CSV and picture routes. */
export function fileRoutes({ operation }: Pick<Routes<typeof links, LinksContext>, 'operation'>): void {
  operation('exportLinks', async (ctx, input, { reply }) => {
    asFile(ctx, reply, 'links').send(Readable.from(exportLinks(ctx, input)))
    return {}
  })
  operation('exportLinkStats', async (ctx, input, { reply }) => {
    const text = await exportLinkStats(ctx, input)
    asFile(ctx, reply, 'clicks').send(text)
    return {}
  })
  operation('getLinkQr', async (ctx, input, { request, reply }) => {
    const picture = await getLinkQr(ctx, input)
    reply.header('etag', picture.etag).header('cache-control', 'private, max-age=3600')
    if (picture.isHardToRead) reply.header('x-qr-warning', 'too little contrast for many readers')
    if (request.headers['if-none-match'] === picture.etag) reply.code(304).send()
    else reply.type(picture.type).send(picture.body)
    return {}
  })
}

function asFile(ctx: LinksContext, reply: FastifyReply, name: string): FastifyReply {
  const day = new Date(ctx.now()).toISOString().slice(0, 10)
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}-${day}.csv"`)
    .header('cache-control', 'no-store')
}
