/**
 * Removes secrets from text that is about to leave the process. It works on the finished log line and not on the
 * objects behind it. So no depth, array, child logger, serializer or error cause can bypass it, and nothing is cloned.
 * (pino's own `redact` needs a path for each depth, is case-sensitive and copies the object: see README.)
 */
const mark = '[redacted]'

const secretNames = [
  ...['authorization', 'cookie', 'passw(?:or)?d', 'pwd', 'passphrase', 'secret', 'token', 'credential'],
  '(?:api|private|idempotency)[-_]?key',
].join('|')

/**
 * Matches keys by the end of their name: `newPassword`, `Set-Cookie` and `client_secret` all match. In JSON quoted
 * inside a string, backslashes precede the closing quote.
 */
const secretKey = new RegExp(String.raw`(?:${secretNames})(s?)(\\*)": *`, 'gi')

const secretNameAtEnd = new RegExp(`(?:${secretNames})s?$`, 'i')

/** Whether a property with this name probably holds a secret. */
export function isSecretName(name: string): boolean {
  return secretNameAtEnd.test(name)
}

/** A run this long that mixes upper case, lower case and digits counts as an opaque token (refresh, session, setup). */
const opaqueCharsMin = 40

const octetKey = /oct_[a-z0-9]+_\w+/gi
const jwt = /eyJ[\w.-]+/g
const authScheme = /((?:bearer|basic)(?: +|%20))([\w.~+/=-]{8,})/gi
const urlPassword = /(:\/\/[^\s/:@"'\\]*:)[^\s/@"'\\]+@/g
/** Query parameters and cookies, also percent-encoded inside another URL. */
const parameterNames = [
  ...[secretNames, 'signature', 'ticket', 'assertion', '__(?:host|secure)-[\\w-]{1,32}', '\\boct'],
  // These names are too common to mean a secret anywhere but in a URL.
  '[?&#](?:code|state|sig|key|setup)',
].join('|')
const parameter = new RegExp(String.raw`((?:${parameterNames})(?:=|%3d))[^&#;\s"'\\<>]+`, 'gi')
/** The format of `util.inspect`. In a finished line the backslash of `\'` is itself escaped. */
const inspected = new RegExp(String.raw`((?:${secretNames})'?: )'(?:[^'"\\]|\\\\'|\\.)*'`, 'gi')
const unprintable = /[\u007f-\u009f\u2028\u2029]/g

/**
 * Returns one finished JSON log line without its secrets; it stays valid JSON with the same keys. Replaces values of
 * secret keys at any depth, also in JSON that is quoted inside a string. Booleans, null and counts such as
 * `"inputTokens":512` stay. Escapes characters that a terminal would interpret (DEL, C1) or that a reader would take
 * for a line end.
 */
export function redactLine(line: string): string {
  return escapeUnprintable(redactText(redactValues(line)))
}

/**
 * Returns free text (an error message, a URL, an attribute of a span) without its secrets: API keys, JWTs, opaque
 * tokens, credentials of an `Authorization` header, passwords in URLs and secret query parameters. Each pattern takes
 * time linear in the text and runs only where a cheap search finds its marker.
 */
export function redactText(text: string): string {
  let clean = text
  if (clean.includes('_')) clean = clean.replace(octetKey, withoutSecretPart)
  if (clean.includes('J')) clean = clean.replace(jwt, withoutJwt)
  if (clean.includes(' ') || clean.includes('%')) clean = clean.replace(authScheme, withoutCredentials)
  if (clean.includes('@')) clean = clean.replace(urlPassword, `$1${mark}@`)
  if (clean.includes('=') || clean.includes('%')) clean = clean.replace(parameter, `$1${mark}`)
  if (clean.includes("'")) clean = clean.replace(inspected, `$1'${mark}'`)
  return withoutOpaqueRuns(clean)
}

/** `oct_<kind>_<id>_<secret>` keeps its kind and id. They are not secret and identify the key. */
function withoutSecretPart(key: string): string {
  const [, kind = '', id = '', secret] = key.split('_')
  if (secret !== undefined && secret.length >= 8) return `oct_${kind}_${id}_${mark}`
  return id.length >= 16 ? `oct_${kind}_${mark}` : key
}

/** Keeps ordinary text such as "a basic question". */
function withoutCredentials(whole: string, scheme: string, credentials: string): string {
  return /[A-Z0-9=]/.test(credentials) ? scheme + mark : whole
}

/**
 * The pattern takes the whole run of token characters, so it scans a long run without dots once, not once per `eyJ`.
 */
function withoutJwt(run: string): string {
  return run.length >= 16 && run.includes('.') ? mark : run
}

/**
 * A run of n characters covers two neighbouring multiples of n/2 and everything between them. Checking those positions
 * first costs a tenth of a full scan.
 */
function withoutOpaqueRuns(text: string): string {
  const stride = opaqueCharsMin / 2
  let clean = ''
  let copied = 0
  for (let probe = 0; probe + stride < text.length; probe += stride) {
    if (!isToken(text, probe + stride / 2) || !isToken(text, probe) || !isToken(text, probe + stride)) continue
    let start = probe
    while (start > copied && isToken(text, start - 1)) start--
    let end = probe + 1
    while (end < text.length && isToken(text, end)) end++
    // The letters of a JSON escape (`\n`, `\u001b`) are not part of the run; cutting into one would break the line.
    if (text[start - 1] === '\\') start += text[start] === 'u' ? 5 : 1
    if (end - start >= opaqueCharsMin && looksRandom(text.slice(start, end))) {
      clean += text.slice(copied, start) + mark
      copied = end
    }
    while (probe + stride < end) probe += stride
  }
  return copied === 0 ? text : clean + text.slice(copied)
}

const tokenChars = new Uint8Array(128)
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
  tokenChars[char.charCodeAt(0)] = 1
}

function isToken(text: string, at: number): boolean {
  return tokenChars[text.charCodeAt(at)] === 1
}

function looksRandom(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run)
}

// ---- values of secret keys --------------------------------------------------------------------------------------

function redactValues(line: string): string {
  let clean = ''
  let copied = 0
  let stringEnd = 0
  secretKey.lastIndex = 0
  for (let match = secretKey.exec(line); match; match = secretKey.exec(line)) {
    const from = secretKey.lastIndex
    const backslashes = match[2]?.length ?? 0
    // Inside a string, an odd number of backslashes precedes a quote; an even number belongs to the name of the key.
    const depth = backslashes % 2 === 0 ? 0 : backslashes
    if (depth !== 0 && from >= stringEnd) stringEnd = endOfString(line, from)
    const end = depth === 0 ? endOfValue(line, from) : endOfQuotedValue(line, { from, depth, limit: stringEnd - 1 })
    if (!staysReadable(line, from, match[1] !== '')) {
      clean += line.slice(copied, from) + quoted(depth)
      copied = end
    }
    secretKey.lastIndex = end
  }
  return copied === 0 ? line : clean + line.slice(copied)
}

/** true, false and null reveal nothing; numbers under a plural are counts (`inputTokens`). */
function staysReadable(line: string, at: number, isPlural: boolean): boolean {
  const first = line.charCodeAt(at)
  const isNumber = first === 45 || (first >= 48 && first <= 57)
  return isNumber ? isPlural : first === 116 || first === 102 || first === 110
}

function quoted(depth: number): string {
  const quote = `${'\\'.repeat(depth)}"`
  return quote + mark + quote
}

function backslashesBefore(line: string, at: number): number {
  let count = 0
  while (line.charCodeAt(at - count - 1) === 92) count++
  return count
}

/** The index after the closing quote of the string whose first character is at `from`. */
function endOfString(line: string, from: number): number {
  let at = line.indexOf('"', from)
  while (at !== -1 && backslashesBefore(line, at) % 2 === 1) at = line.indexOf('"', at + 1)
  return at === -1 ? line.length : at + 1
}

/** The index after the JSON value at `from`. */
function endOfValue(line: string, from: number): number {
  if (line[from] === '"') return endOfString(line, from + 1)
  let open = 0
  for (let at = from; at < line.length; at++) {
    const char = line[at]
    if (char === '"') at = endOfString(line, at + 1) - 1
    else if (char === '{' || char === '[') open++
    else if (char === '}' || char === ']') {
      if (open === 0) return at
      open--
      if (open === 0) return at + 1
    } else if (char === ',' && open === 0) return at
  }
  return line.length
}

/**
 * The index after a value inside JSON that is quoted with `depth` backslashes. It never passes `limit`, the closing
 * quote of the surrounding string, whatever the quoted text contains.
 */
function endOfQuotedValue(line: string, value: { from: number; depth: number; limit: number }): number {
  const { from, depth, limit } = value
  const first = line[from]
  if (first === '\\') {
    let at = line.indexOf('"', from + depth + 1)
    while (at !== -1 && at < limit && backslashesBefore(line, at) !== depth) at = line.indexOf('"', at + 1)
    return at === -1 || at >= limit ? limit : at + 1
  }
  // For a quoted list or object, the first closing bracket is close enough.
  const isGroup = first === '[' || first === '{'
  const close = (isGroup ? /[\]}]/ : /[\]},\\]/).exec(line.slice(from, limit))
  if (!close) return limit
  return from + close.index + (isGroup ? 1 : 0)
}

function escapeUnprintable(line: string): string {
  // Equal lengths mean ASCII, where DEL is the only character to escape; this check is ten times cheaper than the
  // pattern.
  if (Buffer.byteLength(line) === line.length && !line.includes('\u007f')) return line
  return line.replace(unprintable, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
