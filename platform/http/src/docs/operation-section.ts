/** One operation on a documentation page: what it takes and answers, a curl command, and a form that sends it. */
import { curlOf, exampleInput, exampleOf } from '@octet/contracts'
import type { CompiledOperation } from '@octet/kernel'
import { describeAccess } from '../openapi.ts'
import { html, htmlWithCode } from './html.ts'
import { describeSchema, type SchemaObject } from './schema-text.ts'
import { tryForm } from './try-form.ts'

/** The section, or nothing for an operation that only modules may call. */
export function operationSection(operation: CompiledOperation, origin: string): string {
  const { spec, route, fullName } = operation
  if (route === undefined) return ''
  const success = spec.answers?.join(' or ') ?? JSON.stringify(exampleOf(spec.output), null, 2)
  const answer = spec.status === 204 ? 'no body' : success
  const problems = spec.problems.map(code => `<a href="/docs#problem-${code}"><code>${code}</code></a>`).join(', ')
  return `<section id="${fullName}">
<h2>${html(spec.summary)}</h2>
<p class="route"><b>${route.method}</b> <code>${route.url}</code></p>
<p>${htmlWithCode(describeAccess(spec.access))}${problems === '' ? '' : ` Problems: ${problems}.`}</p>
${inputTable(operation)}
<pre tabindex="0">${html(curlOf({ operation: spec, input: exampleInput(spec) }, origin))}</pre>
<details><summary>Answer: ${spec.status ?? 200}</summary><pre tabindex="0">${html(answer)}</pre></details>
${tryForm(operation)}
</section>`
}

function inputTable({ spec, route }: CompiledOperation): string {
  const { properties, required = [] } = spec.input as unknown as SchemaObject
  const rows = Object.entries(properties).map(([name, schema]) => {
    const place = route?.pathParameters.includes(name) ? 'path' : route?.query.has(name) ? 'query' : 'body'
    const must = required.includes(name) ? 'required' : 'optional'
    const cells = [`<code>${name}</code>`, place, must, htmlWithCode(describeSchema(schema))]
    return `<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`
  })
  if (rows.length === 0) return ''
  const head = '<tr><th>Name</th><th>In</th><th>Use</th><th>Type</th></tr>'
  return `<div class="scroll" tabindex="0"><table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table></div>`
}
