/** How one variable of the environment is read, described and shown. */
import { isIP } from 'node:net'

export interface Setting<T> {
  readonly fallback: T
  /** One line of Markdown for the README and for `octet config`. */
  readonly about: string
  /** What the default is called: `3000`, or `embedded` for what happens without a value. */
  readonly defaultText: string
  /** Returns the value, or throws an Error that says what is wrong with the text. */
  readonly read: (text: string) => T
  /** The text without its secrets. Absent when it has no secrets. */
  readonly mask?: (text: string) => string
}

export type Settings = Readonly<Record<string, Setting<unknown>>>
export type ConfigOf<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

interface Absent {
  /** What the default is called when the setting has no value. */
  readonly absent?: string
}

const none = '–'
const hidden = '***'

export const setting = {
  text: (about: string, fallback: string): Setting<string> => ({
    about,
    fallback,
    defaultText: fallback === '' ? none : fallback,
    read: text => text,
  }),

  /** A URL with one of `protocols` (without the colon); `undefined` when not set. Its password is masked. */
  url: (about: string, protocols: readonly string[], { absent = none }: Absent = {}): Setting<string | undefined> => ({
    about,
    fallback: undefined,
    defaultText: absent,
    mask: text => text.replace(/(\/\/[^/@]*?):[^/]*@/, `$1:${hidden}@`),
    read(text) {
      const url = URL.parse(text)
      if (url === null || !protocols.includes(url.protocol.slice(0, -1))) {
        throw new Error(`must be a URL that starts with ${protocols.map(name => `${name}://`).join(' or ')}`)
      }
      return text.replace(/\/$/, '')
    },
  }),

  /** Comma-separated web origins: `https://app.example.org`. */
  origins: (about: string): Setting<readonly string[]> => ({
    about,
    fallback: [],
    defaultText: none,
    read(text) {
      const origins = text.split(',').map(origin => origin.trim())
      for (const origin of origins) {
        const url = URL.parse(origin)
        if (url === null || !/^https?:$/.test(url.protocol) || url.origin !== origin) {
          throw new Error(`"${origin}" is not an origin like https://app.example.org`)
        }
      }
      return origins
    },
  }),

  /** Comma-separated lower-case words. */
  words: (about: string): Setting<readonly string[]> => ({
    about,
    fallback: [],
    defaultText: none,
    read(text) {
      const words = text.split(',').map(word => word.trim())
      const wrong = words.find(word => !/^[a-z][a-z0-9+.-]*$/.test(word))
      if (wrong !== undefined) throw new Error(`"${wrong}" is not a word of letters, digits, +, . and -`)
      return words
    },
  }),

  /** A path; `undefined` when not set. */
  file: (about: string, { absent = none }: Absent = {}): Setting<string | undefined> => ({
    about,
    fallback: undefined,
    defaultText: absent,
    read: text => text,
  }),

  integer: (about: string, fallback: number, range: { min: number; max: number }): Setting<number> => ({
    about,
    fallback,
    defaultText: String(fallback),
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
    defaultText: String(fallback),
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
    defaultText: fallback ? '1' : '0',
    read(text) {
      if (text === '1' || text === 'true') return true
      if (text === '0' || text === 'false') return false
      throw new Error('must be 1 or 0')
    },
  }),

  choice: <T extends string>(about: string, fallback: T, choices: readonly T[]): Setting<T> => ({
    about,
    fallback,
    defaultText: fallback,
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
    defaultText: none,
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
    defaultText: none,
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
    defaultText: fallback.join(','),
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
    defaultText: 'all',
    read(text) {
      if (text === 'all') return choices
      const names = text.split(',').map(name => name.trim())
      const unknown = names.filter(name => !choices.includes(name))
      if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is not one of all, ${choices.join(', ')}`)
      return [...new Set(names)]
    },
  }),
} as const

/** A setting of a shape of its own. */
export function customSetting<T>(parts: Omit<Setting<T>, 'defaultText'> & Absent): Setting<T> {
  const { absent = none, ...rest } = parts
  return { ...rest, defaultText: absent }
}

/** What is printed instead of a secret. */
export const maskedText = hidden
