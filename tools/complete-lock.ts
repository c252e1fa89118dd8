/**
 * `npm run lock:complete`: adds the optional packages for other machines that npm omitted from package-lock.json.
 *
 * `npm install` omits an optional package that the current registry lacks, and `npm ci` then refuses the lock file
 * everywhere ("Missing: … from lock file"). Biome and oxc-parser each have one package per kind of machine, all in the
 * same version. The package's name contains the machine, so the entries need no registry. A machine that needs one of
 * them downloads it as usual.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Lock, missingOptional } from './lock-file.ts'
import { readTree, root } from './tree.ts'

const systems = /(?:^|-)(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)\b/
const path = 'package-lock.json'

const lock = JSON.parse(readTree().get(path)?.text ?? '{}') as Lock
const added = missingOptional(lock).map(({ name, version, dev }) => {
  const [, os, cpu] = systems.exec(name) ?? []
  if (os === undefined || cpu === undefined) throw new Error(`${name} does not name a machine; add it by npm install`)
  const libc = name.endsWith('musl') ? { libc: ['musl'] } : name.endsWith('gnu') ? { libc: ['glibc'] } : {}
  const key = `node_modules/${name}`
  return [key, { version, cpu: [cpu], ...(dev ? { dev } : {}), ...libc, optional: true, os: [os] }] as const
})
// npm sorts by path, the root first.
const packages = [...Object.entries(lock.packages), ...added].sort(([a], [b]) => a.localeCompare(b, 'en'))
if (added.length > 0) {
  writeFileSync(join(root, path), `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`)
}
console.log(`${path}: ${added.length} optional packages added`)
