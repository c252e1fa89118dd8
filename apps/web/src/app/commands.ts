/** The single registry of commands, from which the palette, the shortcuts and the `?` sheet are built. */
import { IconArrowBackUp, IconKeyboard, IconMoon, IconSearch } from '@tabler/icons-react'
import type { Command } from '../shared/app-entry.ts'
import { deferred } from '../shared/deferred.ts'
import type { Session } from '../shared/session.ts'
import { apps } from './apps.ts'

const shellCommands: readonly Command[] = [
  {
    id: 'palette',
    label: 'command.palette',
    icon: IconSearch,
    keys: ['/'],
    run: context => context.open('palette'),
  },
  {
    id: 'toggle-theme',
    label: 'command.theme',
    icon: IconMoon,
    run: context => context.toggleTheme(),
  },
  {
    id: 'undo',
    label: 'command.undo',
    icon: IconArrowBackUp,
    keys: ['z'],
    isShown: session => session.user !== null,
    run: () => deferred.undoLast(),
  },
  {
    id: 'shortcuts',
    label: 'command.shortcuts',
    icon: IconKeyboard,
    keys: ['?'],
    run: context => context.open('shortcuts'),
  },
]

const all: readonly Command[] = [...apps.flatMap(app => app.commands), ...shellCommands]

/** The commands that this user can run, in display order. */
export function commandsFor(session: Session): readonly Command[] {
  return all.filter(command => command.isShown?.(session) ?? true)
}
