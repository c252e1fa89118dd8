/** What any part of the shell can ask for: run a command, open a dialog. */
import { createContext, use } from 'react'
import type { Command } from './app-entry.ts'

export interface ShellActions {
  readonly commands: readonly Command[]
  readonly run: (command: Command) => void
  /** `palette`, `shortcuts`, or the id of an app that has a dialog. */
  readonly open: (dialog: string) => void
}

export const ShellContext = createContext<ShellActions>({ commands: [], run: () => undefined, open: () => undefined })

export function useShell(): ShellActions {
  return use(ShellContext)
}

/** The keys of a command as they are shown, e.g. "g l". */
export function keysText(command: Command): string | undefined {
  return command.keys?.join(' ')
}
