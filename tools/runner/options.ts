/** Parses the arguments of `npm test -- …`. */
import { parseArgs } from 'node:util'

export interface Options {
  /** Parts of file names, or paths of files outside the repository. */
  readonly wanted: readonly string[]
  /** How often each file runs. */
  readonly rounds: number
  /** Keeps a core busy beside the tests. */
  readonly isBusy: boolean
  /** Seconds that a file may run, and seconds that it may be silent. */
  readonly limitSeconds: number | undefined
  /** Runs only the tests that the changes since this commit or branch can break. */
  readonly changedSince: string | undefined
  readonly withCoverage: boolean
}

const usage = `npm test [-- options] [-- parts of file names]

  links            files whose path contains "links"
  --repeat=10      each file ten times
  --busy           with a core kept busy beside
  --limit=900      seconds a file may take, and may be without a sign of life
  --changed        what the changes since origin/main can break, but no whole servers; --since=COMMIT since then
  --coverage       shows the share of lines that ran in modules and platform
`

/** Throws with the usage when the arguments are invalid. */
export function readOptions(words: readonly string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        repeat: { type: 'string', default: '1' },
        busy: { type: 'boolean', default: false },
        limit: { type: 'string' },
        changed: { type: 'boolean', default: false },
        since: { type: 'string' },
        coverage: { type: 'boolean', default: false },
      },
    })
    return {
      wanted: positionals,
      rounds: positive('--repeat', values.repeat),
      isBusy: values.busy,
      limitSeconds: values.limit === undefined ? undefined : positive('--limit', values.limit),
      changedSince: values.since ?? (values.changed ? 'origin/main' : undefined),
      withCoverage: values.coverage,
    }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${usage}`)
  }
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new Error(`${name} takes a number greater than 0, not "${text}"`)
  return number
}
