/** The front page, the home page, and what the frame shows on every page. */
import { dialogOf, type SystemViews } from '../../shared/view.ts'

export const views: SystemViews = {
  visitor: [{ path: '/' }, { path: '/nowhere' }],
  user: async () => [
    { path: '/' },
    { path: '/', act: page => page.keyboard.press('Control+k').then(() => dialogOf(page)) },
    { path: '/', act: page => page.keyboard.press('?').then(() => dialogOf(page)) },
    { path: '/', act: page => page.getByRole('button', { name: /Account menu/ }).click() },
    {
      path: '/',
      isPhoneOnly: true,
      act: page =>
        page
          .getByRole('button', { name: 'More' })
          .click()
          .then(() => dialogOf(page)),
    },
    { path: '/nowhere' },
  ],
}
