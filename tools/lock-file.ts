/** The parts of package-lock.json that the checks read. */

export interface LockedPackage {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly link?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Lock {
  /** By path: `node_modules/a/node_modules/b`. */
  readonly packages: Readonly<Record<string, LockedPackage>>
}

interface Missing {
  readonly name: string
  readonly version: string
  /** Whether only development needs it. */
  readonly dev: boolean
}

/** Optional dependencies of locked packages that are not locked themselves; `npm ci` refuses such a lock file. */
export function missingOptional({ packages }: Lock): Missing[] {
  const missing = new Map<string, Missing>()
  for (const [place, { optionalDependencies = {}, dev = false }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!isLocked(packages, place, name)) missing.set(name, { name, version, dev })
    }
  }
  return [...missing.values()]
}

/** Searches in Node's order: the package's own modules first, then outwards. */
function isLocked(packages: Lock['packages'], place: string, name: string): boolean {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true
    if (folder === '') return false
  }
}
