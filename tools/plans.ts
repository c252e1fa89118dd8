/**
 * `npm run plans [-- part of a path]`: prints the plans of the hot queries that each package lists in test/plans.ts.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@octet/db'
import type { QueryPlan, Test } from '@octet/testkit'
import { readTree, root } from './tree.ts'

interface Plans {
  plans(t: Test): Promise<QueryPlan[]>
}

const [part = ''] = process.argv.slice(2)
const files = [...readTree().keys()]
  .filter(path => /\/test\/(\w+\/)?plans\.ts$/.test(path) && path.includes(part))
  .sort()
if (files.length === 0) throw new Error(`no test/plans.ts has "${part}" in its path`)

const dir = await mkdtemp(join(tmpdir(), 'octet-plans-'))
const silent = { info() {}, warn() {}, error() {} }
const server = await startEmbeddedPostgres({ dir, log: silent, durable: false })
try {
  process.env.OCTET_TEST_DATABASE_URL = server.url
  for (const file of files) await print(file)
} finally {
  await server.stop()
  await rm(dir, { recursive: true, force: true })
}

async function print(file: string): Promise<void> {
  const { plans } = (await import(join(root, file))) as Plans
  const undo: (() => Promise<unknown>)[] = []
  try {
    let title = ''
    process.stdout.write(`# ${file}\n`)
    for (const plan of await plans({ after: step => void undo.push(step) })) {
      if (plan.title !== title) process.stdout.write(`\n## ${plan.title}\n`)
      title = plan.title
      process.stdout.write(`\n${plan.statement}\n${plan.lines.map(line => `    ${line}\n`).join('')}`)
    }
    process.stdout.write('\n')
  } finally {
    for (const step of undo.reverse()) await step()
  }
}
