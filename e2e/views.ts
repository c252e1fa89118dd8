/** The views of every system, found by its folder: a new feature with `views.ts` is checked without being listed. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SystemViews, View } from '@octet/web/view'
import type { Page } from 'playwright-core'
import { callApi } from './browser.ts'
import { makePng } from './png.ts'

const features = join(import.meta.dirname, '../apps/web/src/features')

export interface NamedViews extends SystemViews {
  /** The folder of the feature. */
  readonly name: string
}

async function viewsIn(name: string): Promise<NamedViews[]> {
  const path = join(features, name, 'views.ts')
  if (!existsSync(path)) return []
  const { views } = (await import(path)) as { views: SystemViews }
  return [{ name, ...views }]
}

export const systems: readonly NamedViews[] = (await Promise.all(readdirSync(features).sort().map(viewsIn))).flat()

/** The views of a system for users; creates the objects that they show. `page` belongs to an administrator. */
export async function userViewsOf(system: NamedViews, page: Page): Promise<readonly View[]> {
  const call = (method: string, path: string, body?: object) => callApi(page, method, path, body)
  return (await system.user?.({ page, callApi: call, makePng })) ?? []
}
