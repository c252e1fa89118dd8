/** The home page in the shell. */
import { IconHome } from '@tabler/icons-react'
import type { AppEntry } from '../../shared/app-entry.ts'

export const homeApp: AppEntry = {
  id: 'home',
  label: 'home.app',
  icon: IconHome,
  accent: 'slate',
  path: '/',
  place: 'apps',
  commands: [
    { id: 'go-home', label: 'command.home', icon: IconHome, keys: ['g', 'h'], run: context => context.goTo('/') },
  ],
}
