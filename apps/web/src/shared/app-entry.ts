/** The interface between a system and the web client. A new system adds one line to `app/systems.ts`. */
import type { ApiCall } from '@octet/contracts'
import type { Icon } from '@tabler/icons-react'
import type { QueryClient } from '@tanstack/react-query'
import type { AnyRoute } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import type { MessageKey, MessageSource } from './i18n.tsx'
import type { Session } from './session.ts'
import type { AppAccent } from './tokens.ts'

/** A count beside a navigation entry. */
export interface NavBadge {
  readonly text: string
  /** The count in words, for screen readers. */
  readonly label: string
  readonly isLoud: boolean
}

/** An entry of the app's own navigation. */
export interface NavItem {
  readonly label: string
  readonly to: string
  readonly search?: Readonly<Record<string, string | true>>
  readonly icon?: Icon
  readonly badge?: NavBadge | undefined
}

export interface NavSection {
  /** Absent for the first section, which needs no heading. */
  readonly label?: string
  readonly items: readonly NavItem[]
}

/** A command for the palette, a shortcut and a button: all three come from the same list. */
export interface Command {
  readonly id: string
  readonly label: MessageKey
  readonly icon: Icon
  /** Keys pressed one after the other, such as `['g', 'l']`. */
  readonly keys?: readonly string[]
  readonly isShown?: (session: Session) => boolean
  readonly run: (context: CommandContext) => void
}

export interface CommandContext {
  readonly goTo: (path: string) => void
  /** Opens a dialog: one of the shell's own, or the dialog of the app with this id. */
  readonly open: (dialog: string) => void
  readonly signOut: () => void
  readonly toggleTheme: () => void
}

/** A search result in the palette: a link, a room, a product. */
export interface PaletteThing {
  readonly id: string
  readonly label: string
  readonly detail: string
  readonly to: string
}

/** A step of the first run; `isDone` comes from real data. */
export interface ChecklistItem {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly to: string
  readonly isDone: boolean
}

/** What a system shows to visitors on the front page. */
export interface FrontEntry {
  /** Does something useful at once, without an account. */
  readonly Box: ComponentType
  /** The same action as an API call, for people who prefer scripts. */
  readonly call: ApiCall
}

export interface AppEntry {
  readonly id: string
  readonly label: MessageKey
  readonly icon: Icon
  readonly accent: AppAccent
  readonly path: string
  /** First segments of its pages outside `path`, such as `['/admin']`. */
  readonly otherPaths?: readonly string[]
  readonly place: 'apps' | 'foot'
  /** The position of the system in the rail, the palette and the first steps, lowest first. */
  readonly rank: number
  readonly messages: MessageSource
  readonly commands: readonly Command[]
  /**
   * Its pages fill the window and scroll inside. On screens without a second column, its first page lists the places.
   */
  readonly isFullHeight?: boolean
  /** The second column; a hook, because it may list the user's own places. */
  readonly useNav?: () => readonly NavSection[]
  /** The app's main "create" command, for the button of the second column. */
  readonly createId?: string
  /** The dialog that `open(id)` shows. */
  readonly Dialog?: ComponentType<{ onClose: () => void }>
  /** The tile on the home page: one real number and one action. */
  readonly Tile?: ComponentType<{ onCreate: () => void }>
  /** Runs on every page of a user, whichever app is open, and renders nothing. It loads its code on demand. */
  readonly Watch?: ComponentType
  readonly useChecklist?: () => readonly ChecklistItem[] | undefined
  readonly useThings?: (query: string) => readonly PaletteThing[]
  readonly front?: FrontEntry
  /** A notice above the front page, or nothing. */
  readonly FrontNotice?: ComponentType
  /** Whether the new administrator already owns the example data of this system. */
  readonly hasExamples?: (queryClient: QueryClient) => Promise<boolean>
}

/** A system as `app/systems.ts` lists it: its entry in the shell and its pages. */
export interface System<R extends readonly AnyRoute[] = readonly AnyRoute[]> extends AppEntry {
  readonly routes: R
}

/** Declares a system and keeps the types of its routes, so that links to them are checked. */
export function defineSystem<const R extends readonly AnyRoute[]>(system: System<R>): System<R> {
  return system
}
