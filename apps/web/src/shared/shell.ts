/** What a page can ask of the shell: list the systems, run a command, open a dialog. */
import { createContext, use } from 'react'
import type { AppEntry, Command } from './app-entry.ts'

export interface ShellActions {
  /** In the order of the rail. */
  readonly apps: readonly AppEntry[]
  readonly commands: readonly Command[]
  readonly run: (command: Command) => void
  /** `palette`, `shortcuts`, or the id of an app that has a dialog. */
  readonly open: (dialog: string) => void
}

export const ShellContext = createContext<ShellActions>({
  apps: [],
  commands: [],
  run: () => undefined,
  open: () => undefined,
})

export function useShell(): ShellActions {
  return use(ShellContext)
}

/** The displayed keys of a command, such as "g l". */
export function keysText(command: Command): string | undefined {
  return command.keys?.join(' ')
}
