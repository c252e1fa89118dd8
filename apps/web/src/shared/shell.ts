/** What any page can ask of the shell: the systems there are, run a command, open a dialog. */
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

/** The keys of a command as they are shown, e.g. "g l". */
export function keysText(command: Command): string | undefined {
  return command.keys?.join(' ')
}
