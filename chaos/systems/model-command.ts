/** One thing somebody does, in the model and over the real door, as fast-check wants to have it. */
import fc from 'fast-check'

export interface Step<Model, Real, Args> {
  /** Whether it can be done at all as things stand; always unless said. */
  readonly when?: (model: Model) => boolean
  readonly run: (model: Model, real: Real, args: Args) => Promise<void>
}

/** Commands of one kind, with whatever `args` come to. A failed run names them: `update {"index":3}`. */
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

/** For looking and for shrinking together, where not more runs are wanted. */
const timeLimitMs = process.env.OCTET_MODEL_RUNS === undefined ? 40_000 : 3_600_000

export interface ModelRuns<Model extends object, Real> {
  readonly commands: readonly fc.Arbitrary<fc.AsyncCommand<Model, Real>>[]
  readonly commandsMax: number
  /** A fresh world for each run. */
  readonly open: () => Promise<{ model: Model; real: Real }>
  readonly runs: number
  readonly seed?: number
  /** Looks for the shortest commands that fail too, which takes many more runs. */
  readonly isShrinking: boolean
  /** After the last command of each run. */
  readonly finish?: (model: Model, real: Real) => Promise<void>
}

/** `OCTET_MODEL_RUNS=1000 npm test -- chaos/test/model`: more than the few of an ordinary run. */
export function modelRuns(usual: number): number {
  return Number(process.env.OCTET_MODEL_RUNS ?? usual)
}

/** Does what people may do in orders nobody thought of. `undefined`, or how server and model came apart. */
export async function disagreement<Model extends object, Real>(
  of: ModelRuns<Model, Real>,
): Promise<string | undefined> {
  // Short orders meet little; they come from shrinking.
  const orders = fc.noBias(fc.commands([...of.commands], { maxCommands: of.commandsMax, size: 'max' }))
  const property = fc.asyncProperty(orders, async some => {
    const { model, real } = await of.open()
    await fc.asyncModelRun(() => ({ model, real }), some)
    await of.finish?.(model, real)
  })
  const seed = of.seed ?? Number(process.env.OCTET_FUZZ_SEED ?? Date.now() & 0x7fffffff)
  // A run that was interrupted counts for nothing; that enough were made is for the test to say.
  const options = { numRuns: of.runs, seed, endOnFailure: !of.isShrinking, interruptAfterTimeLimit: timeLimitMs }
  const found = await fc.check(property, options)
  if (!found.failed) return undefined
  const reason = found.errorInstance instanceof Error ? found.errorInstance.stack : String(found.errorInstance)
  return `OCTET_FUZZ_SEED=${seed}, run ${found.numRuns}: ${found.counterexample?.join(' ')}\n${reason}`
}
