/** What a system brings to the web client. A new system is one more line in `app/systems.ts`. */
import type { ApiCall } from '@octet/contracts'
import type { Icon } from '@tabler/icons-react'
import type { QueryClient } from '@tanstack/react-query'
import type { AnyRoute } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import type { MessageKey, MessageSource } from './i18n.tsx'
import type { Session } from './session.ts'
import type { AppAccent } from './tokens.ts'

/** A count beside a line of the navigation. */
export interface NavBadge {
  readonly text: string
  /** The same for screen readers, as words. */
  readonly label: string
  readonly isLoud: boolean
}

/** A line of the app's own navigation. */
export interface NavItem {
  readonly label: string
  readonly to: string
  readonly search?: Readonly<Record<string, string | true>>
  readonly icon?: Icon
  readonly badge?: NavBadge | undefined
}

export interface NavSection {
  /** Absent for the first one, which needs no heading. */
  readonly label?: string
  readonly items: readonly NavItem[]
}

/** Something one can do from the palette, by a key, or by a button: all three come from the same list. */
export interface Command {
  readonly id: string
  readonly label: MessageKey
  readonly icon: Icon
  /** Keys pressed one after the other, e.g. `['g', 'l']`. */
  readonly keys?: readonly string[]
  readonly isShown?: (session: Session) => boolean
  readonly run: (context: CommandContext) => void
}

export interface CommandContext {
  readonly goTo: (path: string) => void
  /** Opens a dialog of the shell by the id of the app that owns it, or one of the shell's own. */
  readonly open: (dialog: string) => void
  readonly signOut: () => void
  readonly toggleTheme: () => void
}

/** Something the palette found: a link, a room, a product. */
export interface PaletteThing {
  readonly id: string
  readonly label: string
  readonly detail: string
  readonly to: string
}

/** A step of the first run; `isDone` comes from real state. */
export interface ChecklistItem {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly to: string
  readonly isDone: boolean
}

/** What a system shows to visitors on the front page. */
export interface FrontEntry {
  /** Does something useful at once, before there is an account. */
  readonly Box: ComponentType
  /** The same as an API call, for those who would rather script it. */
  readonly call: ApiCall
}

export interface AppEntry {
  readonly id: string
  readonly label: MessageKey
  readonly icon: Icon
  readonly accent: AppAccent
  readonly path: string
  /** First segments of its pages outside `path`, e.g. `['/admin']`. */
  readonly otherPaths?: readonly string[]
  readonly place: 'apps' | 'foot'
  /** Its place among the systems, lowest first: in the rail, the palette and the first steps. */
  readonly rank: number
  readonly messages: MessageSource
  readonly commands: readonly Command[]
  /** Its pages fill the window and scroll inside; where there is no second column, its first page shows the places. */
  readonly isFullHeight?: boolean
  /** The second column; a hook, because it may show the user's own places. */
  readonly useNav?: () => readonly NavSection[]
  /** The app's main "create" command, for the button of the second column. */
  readonly createId?: string
  /** The dialog that `open(id)` shows. */
  readonly Dialog?: ComponentType<{ onClose: () => void }>
  /** On the home page: one real number, one action. */
  readonly Tile?: ComponentType<{ onCreate: () => void }>
  /** Runs on every page of a user, whichever app is open, and shows nothing; loads what it needs when it needs it. */
  readonly Watch?: ComponentType
  readonly useChecklist?: () => readonly ChecklistItem[] | undefined
  readonly useThings?: (query: string) => readonly PaletteThing[]
  readonly front?: FrontEntry
  /** A notice above the front page, or nothing. */
  readonly FrontNotice?: ComponentType
  /** Whether the example data of this system belongs to the new administrator by now. */
  readonly hasExamples?: (queryClient: QueryClient) => Promise<boolean>
}

/** A system as `app/systems.ts` lists it: its entry in the shell and its pages. */
export interface System<R extends readonly AnyRoute[] = readonly AnyRoute[]> extends AppEntry {
  readonly routes: R
}

/** Declares a system; keeps the types of its routes, so that links to them are checked. */
export function defineSystem<const R extends readonly AnyRoute[]>(system: System<R>): System<R> {
  return system
}
