/**
 * `npm run new-module -- badges [--noun badge]` generates a whole system: contract, module, pages, chaos, bench, lab
 * and tests, and its line in three lists. `--remove` deletes all of it. `--no-install` does not touch node_modules.
 */
import { execFileSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { parseArgs } from 'node:util'
import { fileChanges, type Names, namesOf, write } from './new-module/module-files.ts'
import { readTree, root } from './tree.ts'

const runTimeoutMs = 300_000
const usage = 'usage: npm run new-module -- <name> [--noun <singular>] [--remove] [--no-install]'

try {
  main()
} catch (error) {
  console.error(`new-module: ${(error as Error).message}\n${usage}`)
  process.exitCode = 1
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { noun: { type: 'string' }, remove: { type: 'boolean' }, 'no-install': { type: 'boolean' } },
  })
  const [name, ...rest] = positionals
  if (name === undefined || rest.length > 0) throw new Error('give one name')
  const tree = readTree(root)
  const way = values.remove === true ? 'remove' : 'add'
  const names = namesOf(tree, { name, noun: values.noun, way })
  const changes = fileChanges(tree, names, way)
  write(root, changes, names)
  // The formatter sorts the imports, and breaks the lines that a longer name made too long.
  const written = changes.filter(({ text }) => text !== null).map(({ path }) => path)
  run('biome', ['check', '--write', '--log-level=error', ...written])
  if (values['no-install'] !== true) run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'])
  run('node', ['tools/generate-docs.ts'])
  console.log(way === 'add' ? added(names, changes.length) : `removed ${names.module}: ${changes.length} files changed`)
}

function added({ module }: Names, count: number): string {
  return `${module}: ${count} files written or changed
1. contracts/src/${module}/               operations, events, problems
2. modules/${module}/                     use cases, tables
3. apps/web/src/features/${module}/       pages, in English and German
4. chaos/systems/, bench/, labs/, e2e/   what proves it
5. npm test -- ${module}                  its tests, against a real database and in a browser
6. npm run check`
}

function run(program: string, args: readonly string[]): void {
  const env = { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) }
  execFileSync(program, args, { cwd: root, env, stdio: 'pipe', timeout: runTimeoutMs })
}
