/** What a browser, too, reads of a refusal: on its own, because pages are built without the schemas beside it. */
import type { Problem } from '../problem.ts'
import type { SecondFactorDemand } from './factors.ts'

/** What sign-in or step-up still wants, when that is why it was refused. */
export function secondFactorDemand(problem: Problem): SecondFactorDemand | undefined {
  if (problem.code !== 'identity.second-factor-required') return undefined
  return problem.data as SecondFactorDemand | undefined
}
