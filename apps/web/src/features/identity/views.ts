/** The views of accounts: sign-in, the user's own account, other users, administration. */
import { dialogOf, type SystemViews } from '../../shared/view.ts'

export const views: SystemViews = {
  visitor: [
    { path: '/sign-in' },
    { path: '/sign-up', act: page => page.getByRole('main').getByRole('button').last().click() },
    { path: '/welcome' },
    { path: '/sign-in?problem=identity.provider-refused' },
    { path: '/forgot-password' },
    { path: '/reset-password#token=made-up', act: page => page.getByLabel('New password').fill('tr0ub4dor') },
    { path: '/undo-email-change#token=made-up' },
    { path: '/goodbye?until=2030-01-01T00:00:00Z' },
    { path: '/leaked-key' },
    { path: '/sign-in#challenge=made-up&factors=totp+recovery-code+passkey&returnTo=/' },
  ],
  user: async () => [
    { path: '/confirm-email#code=K7QF-2M9D' },
    { path: '/account' },
    { path: '/account/security' },
    {
      path: '/account/security',
      act: page =>
        page
          .getByRole('button', { name: 'Set up authenticator app' })
          .click()
          .then(() => page.getByRole('img', { name: /QR code/ }).waitFor()),
    },
    { path: '/account/devices' },
    { path: '/account/keys' },
    { path: '/account/keys/new', act: page => page.getByRole('button', { name: 'Create API key' }).click() },
    {
      path: '/account/keys/new',
      act: page =>
        page
          .getByText(/^\d+ actions/)
          .first()
          .click(),
    },
    { path: '/account/activity' },
    { path: '/account/blocked' },
    { path: '/account/data' },
    { path: '/account/data', act: page => page.getByRole('button', { name: 'Delete account…' }).click() },
    { path: '/people?q=ad' },
    { path: '/people/ada' },
    { path: '/admin/reports' },
    { path: '/admin/mails' },
    {
      path: '/admin/mails',
      act: page =>
        page
          .getByRole('button', { name: /^Read/ })
          .first()
          .click()
          .then(() => dialogOf(page)),
    },
    { path: '/admin/flags' },
    { path: '/admin/users' },
    {
      path: '/admin/users',
      act: page =>
        page
          .getByRole('button', { name: /Change roles/ })
          .first()
          .click(),
    },
    {
      path: '/admin/users',
      act: async page => {
        await page
          .getByRole('button', { name: /^Actions for (?!ada)/ })
          .first()
          .click()
        await page.getByRole('menuitem', { name: 'Delete account…' }).click()
        await dialogOf(page)
      },
    },
  ],
}
