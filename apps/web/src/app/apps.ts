/** The systems in the order of the rail, and the lists that they contribute to. */
import type { AppEntry, PaletteThing } from '../shared/app-entry.ts'
import * as systems from './systems.ts'

export const apps: readonly AppEntry[] = Object.values<AppEntry>(systems).sort((a, b) => a.rank - b.rank)

const isWithin = (path: string, base: string) => path === base || path.startsWith(`${base}/`)

/** The app that a path belongs to; the home app has all other paths. */
export function appOf(path: string): AppEntry {
  const pathsOf = (app: AppEntry) => [app.path, ...(app.otherPaths ?? [])].filter(base => base !== '/')
  return apps.find(app => pathsOf(app).some(base => isWithin(path, base))) ?? systems.home
}

/** The command of `+`: the create command of the current app, or else the first one that exists. */
export function createIdOf(app: AppEntry): string | undefined {
  return app.createId ?? apps.find(each => each.createId !== undefined)?.createId
}

/** How many apps fit in the bottom bar of a phone; create and "More" take the other two of six slots. */
export const phoneAppsMax = 4

const thingHooks = apps.flatMap(app => app.useThings ?? [])

/** The results of all apps for the query in the palette. */
export function useThings(query: string): readonly PaletteThing[] {
  // biome-ignore lint/correctness/useHookAtTopLevel: the list is constant, and so is the order of its hooks
  return thingHooks.flatMap(useFound => useFound(query))
}
