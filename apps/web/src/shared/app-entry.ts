/** What a feature brings to the shell. Adding a system to the web client is one such entry in `app/apps.ts`. */
import type { Icon } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { MessageKey } from './i18n.tsx'
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

export interface AppEntry {
  readonly id: string
  readonly label: MessageKey
  readonly icon: Icon
  readonly accent: AppAccent
  readonly path: string
  readonly place: 'apps' | 'foot'
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
}
