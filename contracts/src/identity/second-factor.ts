/**
 * The part of a refusal that browsers read too. It has its own file because pages are built without the other schemas.
 */
import type { Problem } from '../problem.ts'
import type { SecondFactorDemand } from './factors.ts'

/** The missing factor, if sign-in or step-up was refused for that reason. */
export function secondFactorDemand(problem: Problem): SecondFactorDemand | undefined {
  if (problem.code !== 'identity.second-factor-required') return undefined
  return problem.data as SecondFactorDemand | undefined
}
