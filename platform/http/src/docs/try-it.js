/** Sends the requests of the documentation pages with the reader's session or token, and shows the answers. */

const timeoutMs = 30_000
/** A longer answer is cut: browsers take seconds to lay out megabytes of text. */
const charactersMax = 200_000

for (const part of document.querySelectorAll('#caller, details.try')) part.hidden = false
document.querySelector('#caller')?.addEventListener('submit', event => event.preventDefault())
for (const form of document.querySelectorAll('details.try form')) {
  form.addEventListener('submit', event => {
    event.preventDefault()
    void submit(form)
  })
}

/** Ctrl or Cmd with Enter sends the form from its body, where Enter alone begins a new line. */
document.addEventListener('keydown', event => {
  const isSend = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
  if (isSend && event.target instanceof HTMLTextAreaElement) event.target.form?.requestSubmit()
})

async function submit(form) {
  if (form.ariaBusy === 'true') return
  const request = requestOf(form)
  if (request.error !== undefined) return show(form, request.error)
  form.ariaBusy = 'true'
  show(form, 'Sending…')
  const startedMs = performance.now()
  try {
    const answer = await fetch(request.url, { ...request.init, signal: AbortSignal.timeout(timeoutMs) })
    const text = await textOf(answer)
    show(form, `${statusOf(answer)} in ${Math.round(performance.now() - startedMs)} ms`, text)
  } catch (error) {
    show(form, error.name === 'TimeoutError' ? 'No answer within 30 seconds.' : 'The server cannot be reached.')
  } finally {
    form.ariaBusy = 'false'
  }
}

function requestOf(form) {
  const { method, url, keyed } = form.dataset
  const values = new Map()
  const query = new URLSearchParams()
  const headers = {}
  let body
  for (const field of form.querySelectorAll('[data-in]')) {
    if (field.dataset.in === 'path') values.set(field.name, field.value.trim())
    else if (field.dataset.in === 'query') addQuery(query, field)
    else {
      headers['content-type'] = field.dataset.type
      body = field.value
    }
  }
  if (headers['content-type'] === 'application/json' && !isJson(body)) return { error: 'The body is not valid JSON.' }
  const token = document.querySelector('#token').value.trim()
  if (token !== '') headers.authorization = `Bearer ${token}`
  if (keyed !== undefined) headers['idempotency-key'] = randomKey()
  const path = url.replace(/:(\w+)/g, (_, name) => encodeURIComponent(values.get(name)))
  // A redirect leads to another origin, which this page may not read.
  const init = { method, headers, body, redirect: 'manual', cache: 'no-store' }
  return { url: query.size === 0 ? path : `${path}?${query}`, init }
}

function addQuery(query, { name, value, dataset }) {
  if (value === '') return
  const parts = dataset.list === undefined ? [value] : value.split(',')
  for (const part of parts) query.append(name, part.trim())
}

function isJson(text) {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A fresh key for each click: the reader wants the request carried out again. */
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

function statusOf(answer) {
  if (answer.type === 'opaqueredirect') return 'A redirect'
  return `${answer.status} ${answer.statusText}`.trim()
}

async function textOf(answer) {
  const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
  if (type.endsWith('json')) return JSON.stringify(await answer.json(), null, 2)
  if (type.startsWith('text/') || type === 'image/svg+xml') return answer.text()
  const { byteLength } = await answer.arrayBuffer()
  return byteLength === 0 ? '' : `${byteLength} bytes of ${type}`
}

function show(form, status, text = '') {
  const answer = form.querySelector('pre')
  form.querySelector('[role=status]').textContent = status
  answer.textContent = text.length > charactersMax ? `${text.slice(0, charactersMax)}\n…` : text
  answer.hidden = text === ''
}
