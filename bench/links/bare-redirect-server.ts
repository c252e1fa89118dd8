/** The baseline of links-redirect: Node's own server with one answer and no state. */
import { createServer } from 'node:http'

const location = process.env.LOCATION ?? 'https://example.org/'

createServer((request, response) => {
  if (request.url === '/health/ready') response.writeHead(200, { 'content-length': 0 })
  else response.writeHead(302, { location, 'content-length': 0 })
  response.end()
}).listen(Number(process.env.PORT), '127.0.0.1')
