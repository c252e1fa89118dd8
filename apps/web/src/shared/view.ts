/** The views of a system for the browser tests: a path, and the steps before the test looks at the page. */
import type { Page } from 'playwright-core'

export interface View {
  readonly path: string
  /** Steps before the test looks, such as opening a menu. */
  readonly act?: (page: Page) => Promise<unknown>
  /** The view does not exist on a desktop. */
  readonly isPhoneOnly?: boolean
}

/** The part of an API answer that views use. */
export interface Answer {
  readonly id: string
  readonly data: readonly Answer[]
}

/** What the browser tests provide to the views. */
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
  /** Called once; may create the objects that its views show. */
  readonly user?: (tools: ViewTools) => Promise<readonly View[]>
  /** Failed requests that a view expects, such as `404 /api/v1/links/public-stats/nothing-to-see`. */
  readonly expected?: readonly string[]
}

/** Waits until a dialog is shown. */
export const dialogOf = (page: Page) => page.getByRole('dialog').waitFor()
