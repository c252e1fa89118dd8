/** The packages of the repository and the allowed dependencies of each, derived from the folders. */
import { posix } from 'node:path'
import type { Tree } from './tree.ts'

/** `workshop` is everything outside a package: tools, labs, bench, chaos, e2e. No package imports it. */
export type Layer = 'contracts' | 'clients' | 'platform' | 'modules' | 'apps' | 'workshop'

export interface Package {
  readonly name: string
  /** Without a slash at the end; empty for the workshop. */
  readonly folder: string
  readonly layer: Layer
  /** Packages that shipped code (`src/`) may import. */
  readonly dependencies: ReadonlySet<string>
  /** Further packages that tests, benches and build files may import: the package's own, and the root's test tools. */
  readonly devDependencies: ReadonlySet<string>
  /** What other packages may import: subpath (`.`, or `./*` for many) → the file behind it. */
  readonly exports: ReadonlyMap<string, string>
}

interface Manifest {
  readonly name?: string
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly exports?: Record<string, string>
}

const layers: readonly Layer[] = ['contracts', 'clients', 'platform', 'modules', 'apps']

/** Every workspace of the tree, and the workshop last. */
export function packagesOf(tree: Tree): Package[] {
  const found: Package[] = []
  const manifest = JSON.parse(tree.get('package.json')?.text ?? '{}') as Manifest
  for (const { path, text } of tree.values()) {
    const match = /^(?:(contracts)|(clients|platform|modules|apps)\/[^/]+)\/package\.json$/.exec(path)
    if (match === null) continue
    const layer = layers.find(candidate => path.startsWith(`${candidate}/`)) ?? 'workshop'
    const own = JSON.parse(text) as Manifest
    const devDependencies = { ...manifest.devDependencies, ...own.devDependencies }
    found.push(packageOf({ ...own, devDependencies }, path.slice(0, path.lastIndexOf('/')), layer))
  }
  return [...found, packageOf({ name: 'the workshop', ...manifest }, '', 'workshop')]
}

function packageOf(manifest: Manifest, folder: string, layer: Layer): Package {
  const { name = folder, exports = {} } = manifest
  return {
    name,
    folder,
    layer,
    dependencies: new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })),
    devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
    exports: new Map(Object.entries(exports).map(([subpath, file]) => [subpath, posix.join(folder, file)])),
  }
}

/** The file behind a subpath such as `./links`, by its own entry or by a pattern with one star, as in Node. */
export function exportedFile({ exports }: Package, subpath: string): string | undefined {
  const own = exports.get(subpath)
  if (own !== undefined) return own
  for (const [pattern, file] of exports) {
    const [before = '', after] = pattern.split('*')
    if (after === undefined || !subpath.startsWith(before) || !subpath.endsWith(after)) continue
    return file.replace('*', subpath.slice(before.length, subpath.length - after.length))
  }
  return undefined
}

/** The package that a file belongs to. */
export function ownerOf(packages: readonly Package[], path: string): Package {
  const owner = packages.find(({ folder }) => folder === '' || path.startsWith(`${folder}/`))
  if (owner === undefined) throw new Error(`no package owns ${path}`)
  return owner
}

/** Views for browser tests: they lie beside the pages, and no page imports them. */
const isForTests = /^apps\/web\/src\/(features\/[^/]+\/views|shared\/view)\.ts$/

/** Whether a file is shipped, rather than a test, a bench or a build file. */
export function isShipped({ folder, layer }: Package, path: string): boolean {
  return layer !== 'workshop' && path.startsWith(`${folder}/src/`) && !isForTests.test(path)
}
