/** Which faults happen and when. A plan follows from a seed, so a run can be repeated. */
import type { Random } from './random.ts'

export type Fault =
  /** `kill -9` of a server; healing starts it again on its own data. */
  | { readonly kind: 'kill-server'; readonly server: number }
  /** `kill -9` of one PostgreSQL backend: PostgreSQL ends all others and recovers by itself. */
  | { readonly kind: 'kill-backend' }
  /** `kill -9` of PostgreSQL and all its children. */
  | { readonly kind: 'kill-postgres' }
  /** SIGSTOP: connections stay open and get no answer. */
  | { readonly kind: 'pause-server'; readonly server: number }
  | { readonly kind: 'pause-postgres' }
  /** Between a server and PostgreSQL: no byte arrives, no connection is refused. */
  | { readonly kind: 'black-hole'; readonly server: number }
  | { readonly kind: 'slow-wire'; readonly server: number }
  | { readonly kind: 'reset-wires'; readonly server: number }
  /** COMMIT never reaches PostgreSQL. */
  | { readonly kind: 'cut-before-commit'; readonly server: number }
  /** COMMIT takes effect, and its answer is lost. */
  | { readonly kind: 'cut-after-commit'; readonly server: number }
  /** Events are handled, and their deletion from the outbox is lost. */
  | { readonly kind: 'cut-outbox'; readonly server: number }
  /** Each fdatasync takes 20 ms longer. */
  | { readonly kind: 'slow-disk' }

export interface Step {
  /** Pause before the fault. */
  readonly afterMs: number
  readonly fault: Fault
  /** Time until it is healed. */
  readonly forMs: number
}

export interface Plan {
  readonly seed: number
  readonly servers: number
  readonly steps: readonly Step[]
}

/** Percent. Cuts at COMMIT are more frequent than in production, because they open the dangerous window. */
const weights: Readonly<Record<Fault['kind'], number>> = {
  'kill-server': 25,
  'kill-postgres': 15,
  'kill-backend': 8,
  'cut-after-commit': 16,
  'cut-before-commit': 8,
  'cut-outbox': 8,
  'black-hole': 7,
  'pause-server': 5,
  'pause-postgres': 2,
  'reset-wires': 3,
  'slow-wire': 2,
  'slow-disk': 1,
}

const holdMs: Readonly<Partial<Record<Fault['kind'], readonly [number, number]>>> = {
  'black-hole': [300, 3_000],
  'pause-server': [300, 3_000],
  'pause-postgres': [200, 1_500],
  'slow-wire': [500, 1_500],
  'slow-disk': [500, 1_500],
  'cut-outbox': [300, 800],
  'cut-before-commit': [400, 800],
  'cut-after-commit': [600, 1_000],
}

/** Makes `count` faults. The first ones cover the windows that every run must meet. */
export function makePlan(
  random: Random,
  { seed, servers, count }: { seed: number; servers: number; count: number },
): Plan {
  const must: Fault['kind'][] = [
    'cut-after-commit',
    'kill-server',
    'cut-outbox',
    'kill-postgres',
    'cut-before-commit',
    'cut-after-commit',
  ]
  const steps = Array.from({ length: count }, (_, index): Step => {
    const kind = must[index] ?? weighted(random)
    const [min, max] = holdMs[kind] ?? [100, 500]
    const fault = { kind, server: random.integer(0, servers - 1) } as Fault
    return { afterMs: random.integer(150, 600), fault, forMs: random.integer(min, max) }
  })
  return { seed, servers, steps }
}

function weighted(random: Random): Fault['kind'] {
  const kinds = Object.entries(weights) as [Fault['kind'], number][]
  let left = random.next() * kinds.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [kind, weight] of kinds) {
    left -= weight
    if (left < 0) return kind
  }
  return 'kill-server'
}
