/** Views of the front page, the home page, and the parts of the frame that every page shows. */
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
