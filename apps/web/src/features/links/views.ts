/** The views of links: the list, one link, its routing, and the pages around them. */
import type { Page } from 'playwright-core'
import { dialogOf, type SystemViews, type View } from '../../shared/view.ts'

async function addRuleAndSplit(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add rule' }).click()
  await page.getByRole('button', { name: 'Add condition' }).click()
  await page.getByRole('menuitem', { name: 'Country is one of' }).click()
  await page.getByRole('button', { name: 'Start a split test' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
}

async function addDomain(page: Page): Promise<void> {
  await page.getByLabel('Host').fill('go.example.org')
  await page.getByRole('button', { name: 'Add domain' }).click()
  await page.getByRole('button', { name: 'Check now' }).waitFor()
}

async function openWebhook(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add webhook' }).click()
  await page.getByLabel('URL to call').fill('https://example.org/hooks')
  await page.getByRole('button', { name: 'Add webhook' }).click()
  await page.getByText('You won’t see it again').waitFor()
  await page.getByRole('link', { name: 'example.org/hooks' }).click()
  await page.getByRole('button', { name: 'Send test message' }).click()
  await page.getByText('A test message is on its way').waitFor()
  await page
    .getByRole('button', { name: /^Details of/ })
    .first()
    .click()
  await page.getByRole('heading', { name: 'Request' }).waitFor()
}

/** An existing one, and the form for a new one. */
async function makeTemplate(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New template' }).click()
  await page.getByLabel('Template name').fill('Spring newsletter')
  await page.getByLabel('Source').fill('newsletter')
  await page.getByLabel('Medium').fill('email')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('utm_source=newsletter').waitFor()
  await page.getByRole('button', { name: 'New template' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
}

async function openCampaign(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Options' }).click()
  await page.getByRole('button', { name: 'Campaign parameters' }).click()
}
const userViews = (linkPath: string): readonly View[] => [
  { path: '/links' },
  { path: '/links', act: page => page.getByRole('button', { name: 'Options' }).click() },
  {
    path: '/links',
    act: page =>
      page
        .getByRole('button', { name: /Actions for/ })
        .first()
        .click(),
  },
  { path: '/links?q=nothing-like-it' },
  { path: '/links?archived=true' },
  {
    path: '/links',
    act: page => page.getByRole('checkbox', { name: 'Select all links shown' }).check(),
  },
  { path: '/links/campaigns' },
  { path: '/links/campaigns', act: makeTemplate },
  { path: '/links', act: openCampaign },
  { path: '/links/organize' },
  {
    path: '/links/organize',
    act: page =>
      page
        .getByRole('button', { name: /^Rename/ })
        .first()
        .click(),
  },
  { path: '/links/files' },
  { path: '/links/domains' },
  { path: '/links/domains', act: addDomain },
  { path: '/links/webhooks' },
  { path: '/links/webhooks', act: page => page.getByRole('button', { name: 'Add webhook' }).click() },
  { path: '/links/webhooks', act: openWebhook },
  { path: linkPath },
  { path: linkPath, act: page => page.getByRole('button', { name: 'Show as table' }).click() },
  {
    path: linkPath,
    act: page =>
      page
        .getByRole('button', { name: 'API' })
        .click()
        .then(() => dialogOf(page)),
  },
  {
    path: linkPath,
    act: page =>
      page
        .getByRole('button', { name: 'QR code' })
        .click()
        .then(() => page.getByRole('img', { name: /QR code for/ }).waitFor()),
  },
  { path: `${linkPath}/routing` },
  { path: `${linkPath}/routing`, act: addRuleAndSplit },
]

export const views: SystemViews = {
  visitor: [{ path: '/stats/nothing-to-see' }],
  // That link does not exist, so its statistics do not either.
  expected: ['404 /api/v1/links/public-stats/nothing-to-see'],
  user: async ({ callApi }) => {
    const { data } = await callApi('GET', '/links?sort=-clicks')
    return userViews(`/links/${data[0]?.id}`)
  },
}
