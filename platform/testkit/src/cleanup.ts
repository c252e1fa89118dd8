/** A test's context, or `{ after }` of node:test for what a whole file shares. */
export interface Test {
  after(undo: () => Promise<unknown>): void
}

const stacks = new WeakMap<Test, (() => Promise<unknown>)[]>()

/** Runs `undo` when the test ends, last in first out: what was made from something goes before it. */
export function defer(t: Test, undo: () => Promise<unknown>): void {
  const known = stacks.get(t)
  if (known !== undefined) {
    known.push(undo)
    return
  }
  const stack = [undo]
  stacks.set(t, stack)
  t.after(async () => {
    const failures: unknown[] = []
    for (const step of stack.reverse()) await step().catch(error => failures.push(error))
    if (failures.length > 0) throw new AggregateError(failures, 'the test could not be cleaned up')
  })
}
