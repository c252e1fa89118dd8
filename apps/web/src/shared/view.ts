/** The views of a system that the browser tests look at: a path, and what to do there before looking. */
import type { Page } from 'playwright-core'

export interface View {
  readonly path: string
  /** What to do before looking, e.g. opening a menu. */
  readonly act?: (page: Page) => Promise<unknown>
  /** There is no such thing on a desktop. */
  readonly isPhoneOnly?: boolean
}

/** What an API call of a view answers with, as far as views use it. */
export interface Answer {
  readonly id: string
  readonly data: readonly Answer[]
}

/** What the browser tests lend to the views. */
export interface ViewTools {
  /** Signed in as the administrator `ada`, with the example data. */
  readonly page: Page
  /** Calls the API as that administrator; the path starts after `/api/v1`. */
  readonly callApi: (method: string, path: string, body?: object) => Promise<Answer>
  /** A picture to upload. */
  readonly makePng: (width: number, height: number) => Buffer
}

/** What a feature exports as `views`. */
export interface SystemViews {
  readonly visitor?: readonly View[]
  /** Called once; may make what its views show. */
  readonly user?: (tools: ViewTools) => Promise<readonly View[]>
  /** Answers that are part of a view, as `404 /api/v1/links/public-stats/nothing-to-see`. */
  readonly expected?: readonly string[]
}

/** Waits until a dialog is shown. */
export const dialogOf = (page: Page) => page.getByRole('dialog').waitFor()
