/** Runs axe in a page. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Result } from 'axe-core'
import type { Page } from 'playwright-core'

const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const axeSource = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

export type Rules = { readonly type: 'tag' | 'rule'; readonly values: readonly string[] }
export const allRules: Rules = { type: 'tag', values: axeTags }
/** What can differ between light and dark. */
export const colourRules: Rules = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }

/** What axe finds. Pages have no frames, so the script runs in the page itself, and is put there once. */
export async function axeViolations(page: Page, runOnly: Rules): Promise<Result[]> {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axeSource)
  const options = JSON.stringify({ runOnly, resultTypes: ['violations'] })
  return page.evaluate(`axe.run(document, ${options}).then(found => found.violations)`)
}
