/** Messages between the lab and the process of its clients. */
export type StormOrder =
  | {
      readonly kind: 'open'
      readonly url: string
      readonly token: string
      readonly roomId: string
      readonly clients: number
      readonly isJittered: boolean
    }
  /** `isFresh`: count attempts from now on. */
  | { readonly kind: 'report'; readonly isFresh?: boolean }

export interface StormReport {
  readonly kind: 'report'
  readonly live: number
  readonly heard: number
  readonly attempts: number
  readonly failures: number
  /** The most attempts within a tenth of a second. */
  readonly peak: number
}
