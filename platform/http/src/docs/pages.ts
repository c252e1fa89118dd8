/**
 * `/docs`: the contracts as pages that people read and try. One page for each module, so that a page stays small. The
 * pages are complete without their script, and run under a policy that allows no inline script or style.
 */
import { readFile } from 'node:fs/promises'
import { type Contract, type ProblemSpec, problemCatalogue, realtimeEventsPath } from '@octet/contracts'
import { type CompiledOperation, operationsOf } from '@octet/kernel'
import type { Document } from '../documents.ts'
import { html } from './html.ts'
import { operationSection } from './operation-section.ts'

const policy = [
  "default-src 'none'",
  ...["style-src 'self'", "script-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ')

export interface DocsPages {
  /** `/docs`: an overview, and the problems, whose `type` leads here. */
  readonly start: Document
  /** `/docs/links` and so on, and the style and script of all pages. */
  readonly folder: readonly Document[]
}

/** The operations of a module that have a route. */
interface Group {
  readonly name: string
  readonly operations: readonly CompiledOperation[]
}

interface PageContent {
  readonly path: string
  readonly title: string
  readonly main: string
}

/** The documentation of the given contracts. `origin` is the address in the examples. */
export async function docsPages(contracts: readonly Contract[], origin: string): Promise<DocsPages> {
  const groups = contracts.map(groupOf).filter(({ operations }) => operations.length > 0)
  const catalogue = [...problemCatalogue(contracts)]
  const page = (content: PageContent) => pageOf(groups, content)
  const modulePages = groups.map(({ name, operations }) => {
    const sections = operations.map(operation => operationSection(operation, origin))
    return page({ path: `/docs/${name}`, title: titleOf(name), main: [callerForm, ...sections].join('\n') })
  })
  const style = await readFile(new URL('docs.css', import.meta.url), 'utf8')
  const script = await readFile(new URL('try-it.js', import.meta.url), 'utf8')
  return {
    start: page({
      path: '/docs',
      title: 'Octet API',
      main: overview(groups, origin) + liveStreams(origin) + problems(catalogue),
    }),
    folder: [
      ...modulePages,
      { url: '/docs/docs.css', type: 'text/css; charset=utf-8', body: style },
      { url: '/docs/try-it.js', type: 'text/javascript; charset=utf-8', body: script },
    ],
  }
}

function groupOf(contract: Contract): Group {
  const operations = [...operationsOf(contract).values()].filter(({ route }) => route !== undefined)
  return { name: contract.name, operations }
}

function titleOf(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
}

function pageOf(groups: readonly Group[], { path, title, main }: PageContent): Document {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${path === '/docs' ? title : `${title} · Octet API`}</title>
<link rel="stylesheet" href="/docs/docs.css">
<script src="/docs/try-it.js" defer></script>
</head>
<body>
<nav aria-label="API">${nav(groups, path)}</nav>
<main>
<h1>${title}</h1>
${main}
</main>
</body></html>
`
  return { url: path, type: 'text/html; charset=utf-8', body, headers: { 'content-security-policy': policy } }
}

/** All pages, and below the current one its operations. */
function nav(groups: readonly Group[], path: string): string {
  const entry = (url: string, title: string, inside = '') => {
    const current = url === path ? ' aria-current="page"' : ''
    return `<li><a href="${url}"${current}>${title}</a>${inside}</li>`
  }
  const modules = groups.map(({ name, operations }) => {
    const url = `/docs/${name}`
    const links = operations.map(({ fullName, spec }) => `<li><a href="#${fullName}">${html(spec.summary)}</a></li>`)
    return entry(url, titleOf(name), url === path ? `<ul>${links.join('')}</ul>` : '')
  })
  return `<ul>${entry('/docs', 'Overview')}${modules.join('')}${entry('/docs#problems', 'Problems')}</ul>`
}

function overview(groups: readonly Group[], origin: string): string {
  const modules = groups.map(({ name, operations }) => {
    const links = operations.map(({ fullName, spec, route }) => {
      const call = `<b>${route?.method}</b> <code>${route?.url}</code>`
      return `<tr><td>${call}</td><td><a href="/docs/${name}#${fullName}">${html(spec.summary)}</a></td></tr>`
    })
    return `<section><h2>${titleOf(name)}</h2><div class="scroll" tabindex="0"><table><thead><tr><th>Request</th>
<th>Operation</th></tr></thead><tbody>${links.join('\n')}</tbody></table></div></section>`
  })
  return `<p>JSON over HTTP below <code>${html(origin)}/api/v1</code>. Sign in with
<code>POST /api/v1/auth/login</code>, or create an API key, and send
<code>Authorization: Bearer …</code>. Every operation has a form that sends it, on the page of its module.</p>
<p>Errors are <a href="#problems">problems</a> (RFC 9457). Lists page by <code>cursor</code>, and
<code>include=total</code> counts them. Machine-readable: <a href="/openapi.json">/openapi.json</a>, and as a Postman
collection <a href="/postman.json">/postman.json</a>.</p>
${modules.join('\n')}
`
}

/** The token for the requests of the forms. The script shows it, because it also carries the forms out. */
const callerForm = `<form id="caller" hidden>
<label for="token">Token</label>
<input id="token" type="password" autocomplete="off" spellcheck="false" aria-describedby="token-note">
<p id="token-note">Requests from this page are real. They use your session in this browser, or an access token or API
key that you paste here. The page does not store it.</p>
</form>`

function liveStreams(origin: string): string {
  const url = `${origin}${realtimeEventsPath}?stream=chat:room:ID&after=0`
  return `<section id="realtime.followStream"><h2>Follow a live stream as server-sent events</h2>
<p class="route"><b>GET</b> <code>${realtimeEventsPath}</code></p>
<p>Signed in. For places where WebSockets do not pass. <code>stream</code> names the stream; <code>after</code> is the
id of the last event you have.</p>
<pre tabindex="0">curl -N '${html(url)}' -H 'Authorization: Bearer …'</pre></section>
`
}

function problems(catalogue: readonly (readonly [string, ProblemSpec])[]): string {
  const rows = catalogue.map(([code, { status, title }]) => {
    return `<tr id="problem-${code}"><td><code>${code}</code></td><td>${status}</td><td>${html(title)}</td></tr>`
  })
  return `<section id="problems"><h2>Problems</h2>
<p>Every error has a stable <code>code</code>. With 429 and 503, <code>Retry-After</code> says when to repeat the
request.</p>
<div class="scroll" tabindex="0"><table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div></section>`
}
