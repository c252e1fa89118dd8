/** Renders `/docs`: the contracts as a readable page without a script. */
import {
  type Contract,
  curlOf,
  exampleInput,
  exampleOf,
  type ProblemSpec,
  problemCatalogue,
  realtimeEventsPath,
} from '@octet/contracts'
import { type CompiledOperation, operationsOf } from '@octet/kernel'
import { describeAccess } from './openapi.ts'

/** One self-contained HTML page for the given contracts. */
export function docsPage(contracts: readonly Contract[], origin: string): string {
  const operations = contracts.flatMap(contract => [...operationsOf(contract).values()].filter(hasRoute))
  const catalogue = [...problemCatalogue(contracts)]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Octet API</title>
<style>${style}</style>
</head>
<body>
<header><h1>Octet API</h1>
<p>JSON over HTTP below <code>${html(origin)}/api/v1</code>. Sign in with <code>POST /api/v1/auth/login</code> and send
<code>Authorization: Bearer …</code>. Errors are <a href="#problems">problems</a> (RFC 9457). Lists page by
<code>cursor</code>. Machine-readable: <a href="/openapi.json">/openapi.json</a>, and as a
Postman collection <a href="/postman.json">/postman.json</a>.</p></header>
<div class="columns">
<nav aria-label="Operations">
${contracts.map(contract => navOf(contract)).join('')}
<h2>realtime</h2>
<ul><li><a href="#realtime.followStream">Follow a live stream as server-sent events</a></li></ul>
<p><a href="#problems">Problems</a></p>
</nav>
<main>
${operations.map(operation => section(operation, origin)).join('\n')}
${eventStreamSection(origin)}
<section id="problems"><h2>Problems</h2>
<p>Every error has a stable <code>code</code>. 429 and 503 say in <code>Retry-After</code> when to come back.</p>
<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>
${catalogue.map(([code, spec]) => problemRow(code, spec)).join('\n')}
</tbody></table></section>
</main></div>
</body></html>
`
}

function problemRow(code: string, { status, title }: ProblemSpec): string {
  return `<tr id="problem-${code}"><td><code>${code}</code></td><td>${status}</td><td>${html(title)}</td></tr>`
}

function hasRoute(operation: CompiledOperation): boolean {
  return operation.route !== undefined
}

function navOf(contract: Contract): string {
  const items = [...operationsOf(contract).values()].filter(hasRoute)
  const list = items.map(item => `<li><a href="#${item.fullName}">${html(item.spec.summary)}</a></li>`).join('')
  return items.length === 0 ? '' : `<h2>${contract.name}</h2><ul>${list}</ul>`
}

function section(operation: CompiledOperation, origin: string): string {
  const { spec, route, fullName } = operation
  if (route === undefined) return ''
  const { properties, required = [] } = spec.input as unknown as {
    properties: Record<string, Json>
    required?: string[]
  }
  const rows = Object.entries(properties).map(([name, schema]) => {
    const place = route.pathParameters.includes(name) ? 'path' : route.query.has(name) ? 'query' : 'body'
    const must = required.includes(name) ? 'required' : 'optional'
    return `<tr><td><code>${name}</code></td><td>${place}</td><td>${must}</td><td>${html(describe(schema))}</td></tr>`
  })
  const head = '<tr><th>Name</th><th>In</th><th></th><th>Type</th></tr>'
  const table = `<table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`
  const success = spec.answers?.join(' or ') ?? JSON.stringify(exampleOf(spec.output), null, 2)
  const answer = spec.status === 204 ? 'no body' : success
  const problems = spec.problems.map(code => `<a href="#problem-${code}"><code>${code}</code></a>`).join(', ')
  return `<section id="${fullName}">
<h2>${html(spec.summary)}</h2>
<p class="route"><b>${route.method}</b> <code>${route.url}</code></p>
<p>${code(describeAccess(spec.access))}${problems === '' ? '' : ` Problems: ${problems}.`}</p>
${rows.length === 0 ? '' : table}
<pre tabindex="0">${html(curlOf({ operation: spec, input: exampleInput(spec) }, origin))}</pre>
<details><summary>Answer: ${spec.status ?? 200}</summary><pre tabindex="0">${html(answer)}</pre></details>
</section>`
}

function eventStreamSection(origin: string): string {
  const url = `${origin}${realtimeEventsPath}?stream=chat:room:ID&after=0`
  return `<section id="realtime.followStream">
<h2>Follow a live stream as server-sent events</h2>
<p class="route"><b>GET</b> <code>${realtimeEventsPath}</code></p>
<p>Signed in. For places where WebSockets do not pass. <code>stream</code> names the stream; <code>after</code> is the
id of the last event you have.</p>
<pre tabindex="0">curl -N '${html(url)}' -H 'Authorization: Bearer …'</pre>
</section>`
}

type Json = { [key: string]: unknown }

function describe(schema: Json): string {
  if (Array.isArray(schema.anyOf)) return (schema.anyOf as Json[]).map(describe).join(' or ')
  if (Array.isArray(schema.enum)) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  const parts = [String(schema.type ?? 'any')]
  if (schema.type === 'array') parts.push(`of ${describe((schema.items ?? {}) as Json)}`)
  if (schema.type === 'object') parts.push(`{ ${Object.keys((schema.properties ?? {}) as object).join(', ')} }`)
  if (schema.minLength !== undefined || schema.maxLength !== undefined) {
    parts.push(`${schema.minLength ?? 0}–${schema.maxLength ?? '∞'} characters`)
  }
  if (schema.minimum !== undefined) parts.push(`${schema.minimum}–${schema.maximum ?? '∞'}`)
  if (schema.default !== undefined) parts.push(`default ${JSON.stringify(schema.default)}`)
  if (typeof schema.description === 'string') parts.push(`— ${schema.description}`)
  return parts.join(' ')
}

function html(text: string): string {
  return text.replace(/[&<>"]/g, char => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char)
}

/** Backticks → `<code>`. */
function code(text: string): string {
  return html(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

const style = `
:root { color-scheme: light dark; --bg: #fff; --raised: #f8f9fa; --text: #212529; --dim: #495057; --line: #dee2e6;
  --link: #3b5bdb }
@media (prefers-color-scheme: dark) {
  :root { --bg: #1a1b1e; --raised: #242424; --text: #e9ecef; --dim: #b8b8b8; --line: #343434; --link: #91a7ff }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--bg); color: var(--text); font: 14px/1.5 ui-sans-serif, system-ui, sans-serif }
header, main { padding: 24px; max-width: 60rem }
h1 { margin: 0; font-size: 28px }
h2 { font-size: 18px; margin: 0 0 4px }
a { color: var(--link) }
p { margin: 4px 0 }
.route b { color: var(--link) }
.columns { display: grid; grid-template-columns: 280px minmax(0, 1fr); align-items: start }
nav { position: sticky; top: 0; max-height: 100vh; overflow: auto; padding: 24px; border-right: 1px solid var(--line) }
nav ul { list-style: none; margin: 0 0 16px; padding: 0 }
nav li { margin: 4px 0 }
nav a { text-decoration: none }
section { padding: 24px 0; border-top: 1px solid var(--line) }
section:target h2 { color: var(--link) }
table { border-collapse: collapse; width: 100%; margin: 8px 0 }
th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--dim); font-weight: 500 }
tr:target { background: var(--raised) }
pre, code { font: 13px/1.5 ui-monospace, monospace }
pre { background: var(--raised); padding: 12px; border-radius: 8px; overflow: auto }
summary { cursor: pointer; color: var(--dim) }
@media (max-width: 768px) {
  .columns { display: block }
  nav { position: static; max-height: none; border: 0 }
}
`
