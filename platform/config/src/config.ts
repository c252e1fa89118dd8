/** Environment → typed configuration. Every mistake is reported at once; a wrong configuration does not start. */
import { isIP } from 'node:net'

/** How one variable is read. `read` returns the value or throws an Error saying what is wrong with the text. */
export interface Setting<T> {
  readonly fallback: T
  /** One line for `--help` and the README. */
  readonly about: string
  readonly read: (text: string) => T
}

export type Settings = Record<string, Setting<unknown>>
export type ConfigOf<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

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
 * Reads the variables named in `settings`. A variable set to nothing counts as absent. Variables that start with
 * `prefix` but are not known are mistakes too: a typo must not silently mean the default.
 * @throws ConfigError with every mistake
 */
export function readConfig<S extends Settings>(
  environment: Readonly<Record<string, string | undefined>>,
  settings: S,
  prefix: string,
): ConfigOf<S> {
  const mistakes: string[] = []
  const config: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(settings)) {
    const text = environment[name]
    try {
      config[name] = text === undefined || text.trim() === '' ? setting.fallback : setting.read(text.trim())
    } catch (error) {
      mistakes.push(`${name}=${text}: ${(error as Error).message}`)
    }
  }
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(prefix) || name in settings) continue
    const near = nearest(name, Object.keys(settings))
    mistakes.push(`${name}: not a setting of Octet${near === undefined ? '' : `; did you mean ${near}?`}`)
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return config as ConfigOf<S>
}

export const setting = {
  text: (about: string, fallback: string): Setting<string> => ({ about, fallback, read: text => text }),

  /** A connection URL with one of `protocols` (without the colon); `undefined` when not set. */
  url: (about: string, protocols: readonly string[]): Setting<string | undefined> => ({
    about,
    fallback: undefined,
    read(text) {
      const url = URL.parse(text)
      if (url === null || !protocols.includes(url.protocol.slice(0, -1))) {
        throw new Error(`must be a URL that starts with ${protocols.map(name => `${name}://`).join(' or ')}`)
      }
      return text.replace(/\/$/, '')
    },
  }),

  /** Comma-separated lower-case words. */
  words: (about: string): Setting<readonly string[]> => ({
    about,
    fallback: [],
    read(text) {
      const words = text.split(',').map(word => word.trim())
      const wrong = words.find(word => !/^[a-z][a-z0-9+.-]*$/.test(word))
      if (wrong !== undefined) throw new Error(`"${wrong}" is not a word of letters, digits, +, . and -`)
      return words
    },
  }),

  /** A path; `undefined` when not set. */
  file: (about: string): Setting<string | undefined> => ({ about, fallback: undefined, read: text => text }),

  integer: (about: string, fallback: number, range: { min: number; max: number }): Setting<number> => ({
    about,
    fallback,
    read(text) {
      const value = Number(text)
      if (!Number.isInteger(value) || value < range.min || value > range.max) {
        throw new Error(`must be a whole number from ${range.min} to ${range.max}`)
      }
      return value
    },
  }),

  number: (about: string, fallback: number, range: { min: number; max: number }): Setting<number> => ({
    about,
    fallback,
    read(text) {
      const value = Number(text)
      if (!Number.isFinite(value) || value < range.min || value > range.max) {
        throw new Error(`must be a number from ${range.min} to ${range.max}`)
      }
      return value
    },
  }),

  flag: (about: string, fallback: boolean): Setting<boolean> => ({
    about,
    fallback,
    read(text) {
      if (text === '1' || text === 'true') return true
      if (text === '0' || text === 'false') return false
      throw new Error('must be 1 or 0')
    },
  }),

  choice: <T extends string>(about: string, fallback: T, choices: readonly T[]): Setting<T> => ({
    about,
    fallback,
    read(text) {
      const found = choices.find(choice => choice === text)
      if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`)
      return found
    },
  }),

  /** `name=url` pairs, comma-separated; each name one of `names`. */
  addresses: (about: string, names: readonly string[]): Setting<Readonly<Record<string, string>>> => ({
    about,
    fallback: {},
    read(text) {
      const addresses: Record<string, string> = {}
      for (const pair of text.split(',')) {
        const [name = '', url = ''] = pair.trim().split(/=(.*)/s)
        if (!names.includes(name)) throw new Error(`${name} is not one of ${names.join(', ')}`)
        const protocol = URL.parse(url)?.protocol
        if (protocol !== 'http:' && protocol !== 'https:')
          throw new Error(`${name}=${url} is not name=http://host:port`)
        addresses[name] = url.replace(/\/$/, '')
      }
      return addresses
    },
  }),

  /** Comma-separated networks in CIDR form: `10.1.0.0/16,fd00::/8`. */
  networks: (about: string): Setting<readonly string[]> => ({
    about,
    fallback: [],
    read(text) {
      const networks = text.split(',').map(network => network.trim())
      for (const network of networks) {
        const [address = '', bits = ''] = network.split('/')
        const bitsMax = isIP(address) === 4 ? 32 : 128
        if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > bitsMax) {
          throw new Error(`${network} is not a network like 10.1.0.0/16`)
        }
      }
      return networks
    },
  }),

  /** Comma-separated port numbers. */
  ports: (about: string, fallback: readonly number[]): Setting<readonly number[]> => ({
    about,
    fallback,
    read(text) {
      const ports = text.split(',').map(Number)
      if (ports.every(port => Number.isInteger(port) && port >= 1 && port <= 65_535)) return ports
      throw new Error('must be port numbers with commas between them')
    },
  }),

  /** `all`, or a comma-separated subset of `choices`. */
  subset: (about: string, choices: readonly string[]): Setting<readonly string[]> => ({
    about,
    fallback: choices,
    read(text) {
      if (text === 'all') return choices
      const names = text.split(',').map(name => name.trim())
      const unknown = names.filter(name => !choices.includes(name))
      if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is not one of all, ${choices.join(', ')}`)
      return [...new Set(names)]
    },
  }),
} as const

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
