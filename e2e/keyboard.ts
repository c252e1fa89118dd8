/** A person without a mouse: everything by Tab, Space, Enter and typing. */
import type { Locator, Page } from 'playwright-core'

const tabsMax = 80

/** Presses Tab until the element has the focus; fails when it cannot be reached. */
async function reach(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  const focused = target.and(page.locator(':focus'))
  for (let tabs = 0; tabs < tabsMax; tabs++) {
    if ((await focused.count()) > 0) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${tabsMax} tabs did not lead to ${target}`)
}

export async function press(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await reach(page, target)
  await page.keyboard.press(key)
}

export async function type(page: Page, target: Locator, text: string): Promise<void> {
  await reach(page, target)
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}
