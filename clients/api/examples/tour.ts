/** The examples of the README, one after the other. */
import { ConnectionError, createOctet, each, isProblem } from '@octet/client'

const origin = process.env.OCTET_ORIGIN ?? 'http://localhost:3000'
const { login, refresh } = createOctet({ origin }).identity
let session = await login({ login: 'ada', password: 'correct horse battery staple' })
const octet = createOctet({
  origin,
  token: session.accessToken,
  refresh: async () => {
    session = { ...session, ...(await refresh({ refreshToken: session.refreshToken })) }
    return session.accessToken
  },
})

const key = { idempotencyKey: 'summer-campaign' }
const link = await octet.links.createLink({ url: 'https://example.org/summer', alias: 'summer' }, key)
console.log(`${link.shortUrl} leads to ${link.url}`)

for await (const { url, clicks } of each(octet.links.listLinks, { sort: 'createdAt', limit: 100 })) {
  console.log(`${clicks} clicks: ${url}`)
}

try {
  await octet.links.updateLink({ id: link.id, title: 'Winter sale' }, { ifMatch: link.version - 1 })
} catch (error) {
  if (!isProblem(error, 'version-mismatch')) throw error
  console.log('The link was changed meanwhile: read it again.')
}

const { id: roomId } = await octet.chat.createRoom({ name: 'deploys', visibility: 'private' })
const message = { roomId, cmid: crypto.randomUUID(), body: 'Version 42 is live.' }
try {
  const { body } = await octet.chat.sendMessage(message, { signal: AbortSignal.timeout(10_000) })
  console.log(`Sent: ${body}`)
} catch (error) {
  if (!(error instanceof ConnectionError)) throw error
  console.log(`Octet is ${error.reason}. Sending it again with the same cmid is safe.`)
}
