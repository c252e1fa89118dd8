/** Where a rule of boundaries or tidy does not hold, and why. There is no way to switch a rule off inside a file. */

export interface Exception {
  readonly rule: string
  readonly path: string
  readonly why: string
  /** `docs/decisions/NNNN-….md`: no exception without its decision record. */
  readonly decision: string
}

export const exceptions: readonly Exception[] = []
