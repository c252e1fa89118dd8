/** Names a browser by its user agent, for people who look for their own devices. It is a guess, for display only. */

const browsers: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
]

const systems: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]

export interface Agent {
  readonly browser: string
  readonly system: string | undefined
  readonly isPhone: boolean
}

export function agentOf(userAgent: string): Agent {
  const browser = browsers.find(([pattern]) => pattern.test(userAgent))?.[1]
  const system = systems.find(([pattern]) => pattern.test(userAgent))?.[1]
  const firstWord = userAgent.slice(0, 40).split('/')[0] ?? ''
  return { browser: browser ?? firstWord, system, isPhone: /iPhone|Mobile/.test(userAgent) }
}
