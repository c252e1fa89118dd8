/** What the stories of one file share: one Octet and one browser. */
import type { Test } from '@octet/testkit'
import type { Browser } from 'playwright-core'
import { needsBrowser, openBrowser } from './browser.ts'
import { type Octet, type OctetOptions, startOctet } from './octet.ts'

export interface Stage {
  readonly octet: Octet
  readonly browser: Browser
}

/** Call it at the top of the file, so that `after` means the end of the file. Nothing starts where nothing will run. */
export async function openStage(file: Test, options: OctetOptions = {}): Promise<Stage> {
  if (needsBrowser.skip !== false) return {} as Stage // every test of the file is skipped
  return { octet: await startOctet(file, options), browser: await openBrowser(file) }
}
