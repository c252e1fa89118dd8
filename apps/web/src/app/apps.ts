/** The systems in the order of the rail, and what they bring together. */
import type { AppEntry, PaletteThing } from '../shared/app-entry.ts'
import * as systems from './systems.ts'

export const apps: readonly AppEntry[] = Object.values<AppEntry>(systems).sort((a, b) => a.rank - b.rank)

const isWithin = (path: string, base: string) => path === base || path.startsWith(`${base}/`)

/** The app a path belongs to; what belongs to no other is home. */
export function appOf(path: string): AppEntry {
  const pathsOf = (app: AppEntry) => [app.path, ...(app.otherPaths ?? [])].filter(base => base !== '/')
  return apps.find(app => pathsOf(app).some(base => isWithin(path, base))) ?? systems.home
}

/** What `+` creates: what the current app creates, or else the first thing that can be. */
export function createIdOf(app: AppEntry): string | undefined {
  return app.createId ?? apps.find(each => each.createId !== undefined)?.createId
}

/** Places for apps in the bottom bar of a phone; create and "More" take the other two of six. */
export const phoneAppsMax = 4

const thingHooks = apps.flatMap(app => app.useThings ?? [])

/** What all apps find for the words in the palette. */
export function useThings(query: string): readonly PaletteThing[] {
  // biome-ignore lint/correctness/useHookAtTopLevel: the list is constant, and so is the order of its hooks
  return thingHooks.flatMap(useFound => useFound(query))
}
