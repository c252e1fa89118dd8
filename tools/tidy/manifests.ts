/** Every package: its description, its exact dependencies, and their licences. */
import { type Lock, missingOptional } from '../lock-file.ts'
import { type Package, packagesOf } from '../packages.ts'
import type { Finding, Rule } from '../rule.ts'
import type { Tree } from '../tree.ts'

const readmeLinesMax = 80
/** Generated parts do not count: they grow with the module. */
const generated = /^<!-- made from the contract .*?^<!-- end of what is made/ms

/** Licences that permit everything that MIT permits, given a notice; MPL-2.0 and OFL-1.1 bind only their own files. */
const compatible: ReadonlySet<string> = new Set([
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Unlicense'],
  ...['CC0-1.0', 'Zlib', 'Python-2.0', 'PostgreSQL', 'MPL-2.0', 'OFL-1.1'],
])

/** Part of sharp: libvips as a separate shared library, unchanged and replaceable, which LGPL-3.0 permits. */
const replaceable = /^@img\/sharp-/

const lockPath = 'package-lock.json'

function lockOf(tree: Tree): Lock {
  return { packages: {}, ...JSON.parse(tree.get(lockPath)?.text ?? '{}') }
}

/**
 * Reads `MIT`, `(MIT OR GPL-2.0)` and `MIT AND ISC`; without precedence between OR and AND, because no package mixes
 * them.
 */
export function isCompatible(licence: string): boolean {
  const text = licence.replace(/[()]/g, '').trim()
  if (text.includes(' OR ')) return text.split(' OR ').some(part => isCompatible(part))
  return text.split(' AND ').every(part => compatible.has(part.trim()))
}

function inhabited(tree: Tree): Package[] {
  const paths = [...tree.keys()]
  return packagesOf(tree).filter(({ folder, layer }) => {
    return layer !== 'workshop' && paths.some(path => path.startsWith(`${folder}/src/`))
  })
}

export const manifestRules: readonly Rule[] = [
  {
    name: 'package-readme',
    why: 'Every package has one page about its purpose, guarantees and costs.',
    check: tree =>
      inhabited(tree)
        .filter(({ layer }) => layer !== 'apps')
        .flatMap(({ folder }): Finding[] => {
          const path = `${folder}/README.md`
          const lines = tree.get(path)?.text.replace(generated, '').trimEnd().split('\n').length
          if (lines === undefined)
            return [{ path, line: 1, message: 'is missing; describe the purpose of the package' }]
          if (lines <= readmeLinesMax) return []
          return [
            { path, line: readmeLinesMax, message: `${lines} lines, ${readmeLinesMax} at most; keep the essence` },
          ]
        }),
  },
  {
    name: 'exact-versions',
    why: 'With ranges, two installs of one commit are two programs.',
    check: tree =>
      [...tree.values()]
        .filter(({ path }) => /(^|\/)package\.json$/.test(path))
        .flatMap(({ path, text }) => {
          const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>
          const wanted = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap(list => {
            return Object.entries(manifest[list] ?? {})
          })
          return wanted
            .filter(([, version]) => !/^(\d+\.\d+\.\d+(-[\w.]+)?|npm:.*@\d+\.\d+\.\d+)$/.test(version))
            .map(([name, version]) => ({ path, line: 1, message: `${name}@${version} is not one version; pin it` }))
        }),
  },
  {
    name: 'licences',
    why: 'Octet is MIT, and the licences of its packages must allow that.',
    check: tree =>
      Object.entries(lockOf(tree).packages)
        .filter(([place, { dev, link }]) => place.includes('node_modules/') && dev !== true && link !== true)
        .map(([place, { version, license = 'none' }]) => {
          return { name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length), version, license }
        })
        .filter(({ name, license }) => {
          const others = replaceable.test(name) ? license.replace('LGPL-3.0-or-later', 'MIT') : license
          return !isCompatible(others)
        })
        .map(({ name, version, license }) => {
          return { path: lockPath, line: 1, message: `${name}@${version} is "${license}"; find another package` }
        }),
  },
  {
    name: 'lock-is-whole',
    why: 'npm ci fails on every machine when the lock file lacks packages for one kind of machine.',
    check: tree =>
      missingOptional(lockOf(tree)).map(({ name, version }) => {
        return { path: lockPath, line: 1, message: `${name}@${version} is missing; run npm run lock:complete` }
      }),
  },
]
