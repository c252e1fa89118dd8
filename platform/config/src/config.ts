/** Environment → typed configuration. Every mistake is reported at once; a wrong configuration does not start. */
import type { ConfigOf, Settings } from './setting.ts'

/** Settings of one part of the program, declared where they are used. */
export interface SettingsGroup<S extends Settings = Settings> {
  /** The owner: a module's name, or `server`. */
  readonly owner: string
  readonly settings: S
  /** What must hold between them; one sentence for each mistake. */
  check?(config: ConfigOf<S>): readonly string[]
}

/** Every value by its variable's name. */
export type Config = Readonly<Record<string, unknown>>
export type Environment = Readonly<Record<string, string | undefined>>

/** Variables that begin with it are Octet's, so one that is not known is a mistake. */
const prefix = 'OCTET_'

export class ConfigError extends Error {
  /** One sentence per mistake, each naming its variable. */
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.name = 'ConfigError'
    this.mistakes = mistakes
  }
}

/**
 * Reads the variables that `groups` declare. A variable set to nothing counts as absent. Variables that start with
 * `OCTET_` but are not known are mistakes too: a typo must not silently mean the default.
 * @throws ConfigError with every mistake; an Error when two groups declare one name
 */
export function readConfig(environment: Environment, groups: readonly SettingsGroup[]): Config {
  const mistakes: string[] = []
  const config: Record<string, unknown> = {}
  const settings = settingsOf(groups)
  for (const [name, setting] of settings) {
    const text = environment[name]?.trim() ?? ''
    try {
      config[name] = text === '' ? setting.fallback : setting.read(text)
    } catch (error) {
      mistakes.push(`${name}=${setting.mask?.(text) ?? text}: ${(error as Error).message}`)
    }
  }
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(prefix) || settings.has(name)) continue
    const near = nearest(name, [...settings.keys()])
    mistakes.push(`${name}: not a setting of Octet${near === undefined ? '' : `; did you mean ${near}?`}`)
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  mistakes.push(...groups.flatMap(group => group.check?.(config) ?? []))
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return config
}

/** The part of `config` that a group declared. */
export function configOf<S extends Settings>(config: Config, settings: S): ConfigOf<S> {
  const names = Object.keys(settings)
  return Object.fromEntries(names.map(name => [name, config[name]])) as ConfigOf<S>
}

/** Every setting by name. Throws when two groups declare one name, unless it is the very same setting. */
export function settingsOf(groups: readonly SettingsGroup[]): ReadonlyMap<string, Settings[string]> {
  const settings = new Map<string, Settings[string]>()
  for (const { owner, settings: own } of groups) {
    for (const [name, setting] of Object.entries(own)) {
      const known = settings.get(name)
      if (known !== undefined && known !== setting) throw new Error(`${owner} declares ${name}, which is taken`)
      settings.set(name, setting)
    }
  }
  return settings
}

/** The known name within two edits of `name`. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map(candidate => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)
  return best !== undefined && best.distance <= 2 ? best.candidate : undefined
}

/** Levenshtein distance; Wagner–Fischer, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
    }
    row = next
  }
  return row[b.length] ?? 0
}
