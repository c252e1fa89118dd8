/** The test that keeps benches and labs working: each runs in its short form. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Experiment, measure } from './experiment.ts'

const root = join(import.meta.dirname, '..')
/** For a busy machine; a quiet one needs a few seconds. */
const timeout = 170_000

/** Declares one test for each experiment. */
export function testShortForms(experiments: readonly Experiment[]): void {
  test('every experiment has its own name', () => {
    const names = experiments.map(({ name }) => name)
    assert.ok(names.length > 0)
    assert.equal(new Set(names).size, names.length, names.join(', '))
  })
  for (const experiment of experiments) {
    const { name, shortForm } = experiment
    if (shortForm === undefined) testShortForm(experiment)
    else test(`${name} names the test that is its short form`, () => assert.ok(existsSync(join(root, shortForm))))
  }
}

function testShortForm(experiment: Experiment): void {
  test(`${experiment.name} measures in its short form everything that its goals name`, { timeout }, async t => {
    const { metrics, ratios, cores } = await measure(experiment, 'short', line => t.diagnostic(line))
    const measured: Readonly<Record<string, number>> = { ...metrics, ...ratios }
    for (const { of } of experiment.goals) assert.equal(typeof measured[of], 'number', `${of} is not measured`)
    // Only Linux reports the processor time of other processes.
    const wrong = Object.entries(measured).filter(([key, value]) => Number.isNaN(value) && !/cpu|busy/i.test(key))
    assert.deepEqual(wrong, [])
    assert.notEqual(cores, '')
  })
}
