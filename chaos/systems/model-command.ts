/** One command, for the model and for the real API, in the form that fast-check expects. */
import fc from 'fast-check'

export interface Step<Model, Real, Args> {
  /** Whether the command is possible in this state; always by default. */
  readonly when?: (model: Model) => boolean
  readonly run: (model: Model, real: Real, args: Args) => Promise<void>
}

/** Commands of one kind with arbitrary `args`. A failed run names them: `update {"index":3}`. */
export function command<Model extends object, Real, Args>(
  name: string,
  args: fc.Arbitrary<Args>,
  { when = () => true, run }: Step<Model, Real, Args>,
): fc.Arbitrary<fc.AsyncCommand<Model, Real>> {
  return args.map(values => ({
    check: (model: Readonly<Model>) => when(model),
    run: (model: Model, real: Real) => run(model, real, values),
    toString: () => `${name} ${JSON.stringify(values)}`,
  }))
}

/** The time for searching and shrinking, unless more runs are requested. */
const timeLimitMs = process.env.OCTET_MODEL_RUNS === undefined ? 40_000 : 3_600_000

export interface ModelRuns<Model extends object, Real> {
  readonly commands: readonly fc.Arbitrary<fc.AsyncCommand<Model, Real>>[]
  readonly commandsMax: number
  /** A new world for each run. */
  readonly open: () => Promise<{ model: Model; real: Real }>
  readonly runs: number
  readonly seed?: number
  /** Whether to search for the shortest failing sequence, which takes many more runs. */
  readonly isShrinking: boolean
  /** Called after the last command of each run. */
  readonly finish?: (model: Model, real: Real) => Promise<void>
}

/** `OCTET_MODEL_RUNS=1000 npm test -- chaos/test/model` runs more than the usual few. */
export function modelRuns(usual: number): number {
  return Number(process.env.OCTET_MODEL_RUNS ?? usual)
}

/** Runs random sequences of commands. Returns how server and model differ, or `undefined`. */
export async function disagreement<Model extends object, Real>(
  of: ModelRuns<Model, Real>,
): Promise<string | undefined> {
  // Short sequences find little; they come from shrinking.
  const orders = fc.noBias(fc.commands([...of.commands], { maxCommands: of.commandsMax, size: 'max' }))
  const property = fc.asyncProperty(orders, async some => {
    const { model, real } = await of.open()
    await fc.asyncModelRun(() => ({ model, real }), some)
    await of.finish?.(model, real)
  })
  const seed = of.seed ?? Number(process.env.OCTET_FUZZ_SEED ?? Date.now() & 0x7fffffff)
  // An interrupted run does not count; the test checks that enough runs finished.
  const options = { numRuns: of.runs, seed, endOnFailure: !of.isShrinking, interruptAfterTimeLimit: timeLimitMs }
  const found = await fc.check(property, options)
  if (!found.failed) return undefined
  const reason = found.errorInstance instanceof Error ? found.errorInstance.stack : String(found.errorInstance)
  return `OCTET_FUZZ_SEED=${seed}, run ${found.numRuns}: ${found.counterexample?.join(' ')}\n${reason}`
}
