/** The systems of this Octet, in the order of the rail. A new system is one more entry. */
import { chatApp } from '../features/chat/app.ts'
import { homeApp } from '../features/home/app.ts'
import { identityApp } from '../features/identity/app.ts'
import { linksApp } from '../features/links/app.ts'
import type { AppEntry, ChecklistItem, PaletteThing } from './app-entry.ts'

export const apps: readonly AppEntry[] = [homeApp, chatApp, linksApp, identityApp]

/** The app a path belongs to; `/` is home alone, and administration and people belong to the account. */
export function appOf(path: string): AppEntry {
  const app = apps.find(each => each.path !== '/' && (path === each.path || path.startsWith(`${each.path}/`)))
  if (app !== undefined) return app
  return /^\/(admin|people|confirm-email)(\/|$)/.test(path) ? identityApp : homeApp
}

/** Places for apps in the bottom bar of a phone; create and "More" take the other two of six. */
export const phoneAppsMax = 4

const checklistMax = 5

const checklistHooks = apps.flatMap(app => app.useChecklist ?? [])
const thingHooks = apps.flatMap(app => app.useThings ?? [])

/** The first steps of all apps; empty until every app knows its own. */
export function useChecklist(): readonly ChecklistItem[] {
  // biome-ignore lint/correctness/useHookAtTopLevel: the list is constant, and so is the order of its hooks
  const parts = checklistHooks.map(useItems => useItems())
  return parts.includes(undefined) ? [] : parts.flatMap(part => part ?? []).slice(0, checklistMax)
}

/** What all apps find for the words in the palette. */
export function useThings(query: string): readonly PaletteThing[] {
  // biome-ignore lint/correctness/useHookAtTopLevel: the list is constant, and so is the order of its hooks
  return thingHooks.flatMap(useFound => useFound(query))
}
