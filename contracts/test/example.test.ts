/** Examples are what people copy first. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Compile } from 'typebox/compile'
import { all } from '../src/all.ts'
import { exampleInput, type Operation } from '../src/index.ts'

test('the example of every operation with a route is a valid input', () => {
  for (const { name: module, operations } of all) {
    for (const [name, operation] of Object.entries<Operation>(operations)) {
      if (operation.http === undefined) continue
      const input = { ...exampleInput(operation), ...(operation.accepts && { [operation.accepts.property]: 'url\n' }) }
      const errors = Compile(operation.input).Errors(input)
      assert.deepEqual(errors, [], `${module}.${name}: ${JSON.stringify(input)}`)
    }
  }
})
