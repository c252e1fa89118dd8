/** Password hashing: argon2id from Node's own crypto, a few at a time, the rest in a short queue. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { commonProblem } from '@octet/contracts'
import { type HashCost, hashInThread } from './hash-threads.ts'

export interface Passwords {
  /** Returns a PHC string. Throws `unavailable` when too many wait. */
  hash(password: string): Promise<string>
  /**
   * Whether the password matches. Without a hash it does the same work and returns false, so that an unknown account
   * takes as long as a wrong password. Throws `unavailable` when too many wait.
   */
  verify(password: string, hash: string | null | undefined): Promise<boolean>
  /** Whether the hash was made with less work than new ones are. */
  isOutdated(hash: string): boolean
  /** The number of running and waiting hashes. */
  load(): { readonly running: number; readonly waiting: number }
}

export interface PasswordsOptions {
  readonly cost?: HashCost
  readonly runningMax?: number
  readonly waitingMax?: number
  /** A request that waited this long is refused and told when to retry. */
  readonly waitMsMax?: number
}

/** OWASP's first choice for argon2id; 20 ms on the machine of the README. */
const defaultCost: HashCost = { memoryKiB: 19_456, passes: 2, parallelism: 1 }
/** Each takes 19 MiB; more than the machine has cores would only wait for one another. */
const defaultRunningMax = 2
const defaultWaitingMax = 64
/** Half the time a sign-in may take: on a slow day the answer is "busy", not a timeout. */
const defaultWaitMsMax = 5_000
const saltSizeBytes = 16
const tagSizeBytes = 32
/** A full queue of 64 drains in about a second and a half. */
const busyRetryAfterMs = 2_000

interface ParsedHash {
  readonly cost: HashCost
  readonly salt: Buffer
  readonly tag: Buffer
}

/** Stands in for the hash of an unknown account. A password matches it with a chance of 2^-256. */
function decoy(cost: HashCost): string {
  return formatHash({ cost, salt: randomBytes(saltSizeBytes), tag: randomBytes(tagSizeBytes) })
}

/** Creates a queue: one per process, or the limits mean nothing. */
export function createPasswords(options: PasswordsOptions = {}): Passwords {
  const { cost = defaultCost, runningMax = defaultRunningMax, waitingMax = defaultWaitingMax } = options
  const { waitMsMax = defaultWaitMsMax } = options
  const decoyHash = decoy(cost)
  /** Each resolves when the caller before it has freed its place. */
  const waiting = new Set<() => void>()
  let running = 0

  function waitForTurn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const proceed = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.delete(proceed)
        reject(busy())
      }, waitMsMax)
      waiting.add(proceed)
    })
  }

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running < runningMax) running++
    else if (waiting.size >= waitingMax) throw busy()
    else await waitForTurn()
    try {
      return await work()
    } finally {
      const [next] = waiting // A Set keeps the order of arrival.
      if (next === undefined) running--
      else {
        waiting.delete(next)
        next()
      }
    }
  }

  return {
    hash: password =>
      inTurn(async () => {
        const salt = randomBytes(saltSizeBytes)
        return formatHash({ cost, salt, tag: await derive(password, salt, cost, tagSizeBytes) })
      }),
    verify: (password, hash) =>
      inTurn(async () => {
        const known = parseHash(hash ?? decoyHash)
        const tag = await derive(password, known.salt, known.cost, known.tag.length)
        return timingSafeEqual(tag, known.tag) && hash !== null && hash !== undefined
      }),
    isOutdated(hash) {
      const { memoryKiB, passes } = parseHash(hash).cost
      return memoryKiB < cost.memoryKiB || passes < cost.passes
    },
    load: () => ({ running, waiting: waiting.size }),
  }
}

function busy() {
  return commonProblem('unavailable', {
    detail: 'Too many passwords are being checked; try again in a moment.',
    retryAfterMs: busyRetryAfterMs,
    executed: 'no',
  })
}

function derive(password: string, nonce: Buffer, cost: HashCost, tagLength: number): Promise<Buffer> {
  return hashInThread({ message: password, nonce, cost, tagLength })
}

/** PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`, base64 without padding. */
function formatHash({ cost, salt, tag }: ParsedHash): string {
  const { memoryKiB, passes, parallelism } = cost
  const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${text(salt)}$${text(tag)}`
}

const phcPattern = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

function parseHash(text: string): ParsedHash {
  const [, memoryKiB, passes, parallelism, salt = '', tag = ''] = phcPattern.exec(text) ?? []
  if (tag === '') throw new Error('a stored password hash is not an argon2id PHC string')
  return {
    cost: { memoryKiB: Number(memoryKiB), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}
