/** The form that sends an operation. `try-it.js` shows it and carries it out. */
import { exampleInput } from '@octet/contracts'
import type { CompiledOperation } from '@octet/kernel'
import { html } from './html.ts'
import type { Schema, SchemaObject } from './schema-text.ts'

const rowsMax = 16

/** Inputs for the path and the query string, a text area for the body, and a place for the answer. */
export function tryForm(operation: CompiledOperation): string {
  const { spec, route, fullName } = operation
  if (route === undefined) return ''
  const { properties, required = [] } = spec.input as unknown as SchemaObject
  const example = exampleInput(spec)
  const fields = Object.entries(properties).flatMap(([name, schema]) => {
    const isInPath = route.pathParameters.includes(name)
    if (!isInPath && !route.query.has(name)) return []
    const place = isInPath ? 'path' : 'query'
    const isRequired = isInPath || required.includes(name)
    return [field({ id: `${fullName}.${name}`, name, place, schema, isRequired, example: example[name] })]
  })
  const keyed = spec.retry === 'keyed' ? ' data-keyed' : ''
  return `<details class="try" hidden><summary>Try it</summary>
<form data-method="${route.method}" data-url="${route.url}"${keyed}>
${fields.join('\n')}
${bodyField(operation, example)}
<button>Send ${route.method}</button>
<p role="status"></p>
<pre tabindex="0" hidden></pre>
</form></details>`
}

interface Field {
  readonly id: string
  readonly name: string
  readonly place: 'path' | 'query'
  readonly schema: Schema
  readonly isRequired: boolean
  readonly example: unknown
}

function field({ id, name, place, schema, isRequired, example }: Field): string {
  const list = schema.type === 'array' ? ' data-list' : ''
  const attributes = `id="${id}" name="${name}" data-in="${place}"${isRequired ? ' required' : ''}${list}`
  const note = list === '' ? place : `${place}, separated by commas`
  const label = `<label for="${id}">${name} <small>${note}</small></label>`
  const choices = choicesOf(schema)
  if (choices === undefined) {
    const hint = example ?? schema.default
    const placeholder = hint === undefined ? '' : ` placeholder="${html(String(hint))}"`
    return `${label}<input ${attributes}${placeholder} autocomplete="off" spellcheck="false">`
  }
  const options = ['', ...choices].map(choice => `<option>${html(choice)}</option>`).join('')
  return `${label}<select ${attributes}>${options}</select>`
}

function choicesOf(schema: Schema): string[] | undefined {
  if (schema.type === 'boolean') return ['true', 'false']
  return Array.isArray(schema.enum) ? schema.enum.map(String) : undefined
}

/** A JSON body starts as the example; a body of another type starts empty. */
function bodyField({ spec, route, fullName }: CompiledOperation, example: Readonly<Record<string, unknown>>): string {
  if (route === undefined || route.body.length === 0) return ''
  const type = spec.accepts?.type ?? 'application/json'
  const json = JSON.stringify(Object.fromEntries(route.body.map(name => [name, example[name]])), null, 2)
  const text = spec.accepts === undefined ? json : ''
  const rows = Math.min(rowsMax, Math.max(4, text.split('\n').length))
  const id = `${fullName}.body`
  return `<label for="${id}">Body <small>${type}</small></label>
<textarea id="${id}" data-in="body" data-type="${type}" rows="${rows}" spellcheck="false">${html(text)}</textarea>`
}
