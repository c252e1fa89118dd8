import { links } from '@octet/contracts/links'
import type { SystemCanaries } from '../canary-words.ts'

/** @public loaded by canary-words.ts */
export const canaries: SystemCanaries = {
  async write({ app, token, word, keep }) {
    const client = app.client(links, { token })
    keep(await client.addDomain({ host: `${word('addDomain.host')}.example.org`, landingUrl: 'https://example.org/' }))
    const url = `https://example.org/${word('createWebhook.url')}`
    const description = word('createWebhook.description')
    keep((await client.createWebhook({ url, events: ['link.created', 'link.deleted'], description })).webhook)
    // The deliveries of that webhook contain it too.
    keep(await client.createLink({ url: `https://example.org/${word('createLink.url')}` }))
  },
  mustSucceed: ['deleteLink', 'deleteWebhook', 'removeDomain', 'deleteFolder'],
}
