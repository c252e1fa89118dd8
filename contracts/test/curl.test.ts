/** The API menu shows commands that a shell reads as they are meant. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { curlOf } from '../src/curl.ts'
import { links } from '../src/links/index.ts'

/** What curl would get: the shell reads the command, and prints each argument on a line. */
function argumentsIn(command: string): string[] {
  const script = `curl() { printf '%s\\n' "$@"; }; uuidgen() { echo some-key; }\n${command}`
  return execFileSync('sh', ['-c', script], { env: { ...process.env, OCTET_TOKEN: 'secret' } })
    .toString()
    .trimEnd()
    .split('\n')
}

test('quotes, dollars and spaces in the input reach curl unharmed', () => {
  const url = `https://example.org/?a='b'&c="$HOME" \`id\``
  const command = curlOf({ operation: links.operations.createLink, input: { url } }, 'http://localhost:3000')
  assert.deepEqual(argumentsIn(command), [
    '-X',
    'POST',
    'http://localhost:3000/api/v1/links',
    '-H',
    'Idempotency-Key: some-key',
    '-H',
    'Content-Type: application/json',
    '-d',
    JSON.stringify({ url }),
  ])
})

test('the token is the variable, and the version goes along', () => {
  const { updateLink } = links.operations
  const command = curlOf({ operation: updateLink, input: { id: 'i', title: 't' }, ifMatch: 4 }, 'http://localhost:3000')
  const given = argumentsIn(command)
  assert.ok(given.includes('Authorization: Bearer secret'))
  assert.ok(given.includes('If-Match: "4"'))
  assert.ok(given.includes('http://localhost:3000/api/v1/links/i'))
})
