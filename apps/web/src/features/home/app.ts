/** The home page in the shell. */
import { IconHome } from '@tabler/icons-react'
import { defineSystem } from '../../shared/app-entry.ts'
import { en } from './messages/en.ts'
import { routes } from './routes.tsx'

export const home = defineSystem({
  id: 'home',
  label: 'home.app',
  icon: IconHome,
  accent: 'slate',
  path: '/',
  place: 'apps',
  rank: 0,
  routes,
  messages: { en, de: () => import('./messages/de.ts') },
  commands: [
    { id: 'go-home', label: 'command.home', icon: IconHome, keys: ['g', 'h'], run: context => context.goTo('/') },
  ],
})
