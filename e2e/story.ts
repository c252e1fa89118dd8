/** Shared by the tests of one file: one Octet and one browser. */
import type { Test } from '@octet/testkit'
import type { Browser } from 'playwright-core'
import {
  callApi,
  needsBrowser,
  newPerson,
  openBrowser,
  type Person,
  type PersonOptions,
  setUpAs,
  signUpAs,
} from './browser.ts'
import { type Octet, type OctetOptions, startOctet } from './octet.ts'

export interface Stage {
  readonly octet: Octet
  readonly browser: Browser
}

/**
 * Call it at the top of the file, so that `after` means the end of the file. It starts nothing if all tests are
 * skipped.
 */
export async function openStage(file: Test, options: OctetOptions = {}): Promise<Stage> {
  if (needsBrowser.skip !== false) return {} as Stage // every test of the file is skipped
  return { octet: await startOctet(file, options), browser: await openBrowser(file) }
}

/** One of the two people, signed in, with their id. */
export interface Speaker extends Person {
  readonly id: string
}

/** Ada, who set Octet up, and Bob, who signed up, each with their own browser. */
export async function adaAndBob(
  { octet, browser }: Stage,
  optionsOfAda: PersonOptions = {},
): Promise<{ ada: Speaker; bob: Speaker }> {
  const ada = await newPerson(browser, optionsOfAda)
  await setUpAs(ada.page, octet.setupUrl, 'ada')
  const bob = await newPerson(browser)
  await bob.page.goto(`${octet.origin}/sign-up`)
  await signUpAs(bob.page, 'bob')
  await bob.page.getByRole('heading', { name: 'Hello, bob' }).waitFor()
  const idOf = async ({ page }: Person) => (await callApi(page, 'GET', '/users/me')).id
  return { ada: { ...ada, id: await idOf(ada) }, bob: { ...bob, id: await idOf(bob) } }
}
