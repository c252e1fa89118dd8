/** The load generator: a separate process, so that it takes nothing from the server but requests. */
import type { LoadPlan } from './plan.ts'
import { runLoad } from './run-load.ts'

process.on('message', (plan: LoadPlan) => {
  runLoad(plan).then(
    result => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit())
