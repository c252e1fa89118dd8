/** The exceptions to rules of boundaries and tidy, with their reasons. A file cannot switch off a rule itself. */

export interface Exception {
  readonly rule: string
  readonly path: string
  readonly why: string
  /** `docs/decisions/NNNN-….md`: no exception without its decision record. */
  readonly decision: string
}

export const exceptions: readonly Exception[] = []
