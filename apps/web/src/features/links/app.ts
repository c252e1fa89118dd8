/** Short links in the shell. */
import { IconLink, IconPlus, IconTag } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { lazy } from 'react'
import { linksApi } from '../../shared/api.ts'
import type { AppEntry, ChecklistItem, NavSection, PaletteThing } from '../../shared/app-entry.ts'
import { shortAddress } from '../../shared/format.ts'
import { useT } from '../../shared/i18n.tsx'
import { linksQuery } from './list-links.ts'
import { LinksTile } from './tile.tsx'

const tagsShownMax = 12
const thingsMax = 6

/** The links on the first page; what the navigation and the home page say is made from them. */
function useNewest() {
  const query = useInfiniteQuery(linksQuery())
  return query.data?.pages[0]?.data
}

function useNav(): readonly NavSection[] {
  const t = useT()
  const newest = useNewest() ?? []
  const tags = [...new Set(newest.flatMap(link => link.tags))].sort().slice(0, tagsShownMax)
  const all = { items: [{ label: t('links.all'), to: '/links', icon: IconLink }] }
  if (tags.length === 0) return [all]
  const tagItems = tags.map(tag => ({ label: tag, to: '/links', search: { tag }, icon: IconTag }))
  return [all, { label: t('links.tags'), items: tagItems }]
}

function useChecklist(): readonly ChecklistItem[] | undefined {
  const t = useT()
  const newest = useNewest()
  if (newest === undefined) return undefined
  const own = newest.filter(link => !link.isExample)
  const items = [
    {
      id: 'link',
      label: t('checklist.link'),
      hint: t('checklist.link-hint'),
      to: '/links',
      isDone: own.length > 0,
    },
    {
      id: 'click',
      label: t('checklist.click'),
      hint: t('checklist.click-hint'),
      to: own[0] === undefined ? '/links' : `/links/${own[0].id}`,
      isDone: own.some(link => link.clicks > 0),
    },
  ]
  if (own.length === newest.length) return items
  const examples = {
    id: 'examples',
    label: t('checklist.examples'),
    hint: t('checklist.examples-hint'),
    to: '/links',
    isDone: false,
  }
  return [...items, examples]
}

function useThings(query: string): readonly PaletteThing[] {
  const q = query.trim()
  const { data } = useQuery({
    queryKey: ['links', 'palette', q],
    queryFn: ({ signal }) => linksApi.listLinks({ q, limit: thingsMax }, { signal }),
    enabled: q.length >= 2,
  })
  return (data?.data ?? []).map(link => ({
    id: `link-${link.id}`,
    label: link.title ?? link.code,
    detail: shortAddress(link.url),
    to: `/links/${link.id}`,
  }))
}

export const linksApp: AppEntry = {
  id: 'links',
  label: 'links.app',
  icon: IconLink,
  accent: 'indigo',
  path: '/links',
  place: 'apps',
  useNav,
  useChecklist,
  useThings,
  createId: 'create-link',
  Dialog: lazy(() => import('./create-dialog.tsx')),
  Tile: LinksTile,
  commands: [
    {
      id: 'create-link',
      label: 'links.create',
      icon: IconPlus,
      keys: ['c'],
      isShown: session => session.user !== null,
      run: context => context.open('links'),
    },
    {
      id: 'go-links',
      label: 'command.links',
      icon: IconLink,
      keys: ['g', 'l'],
      isShown: session => session.user !== null,
      run: context => context.goTo('/links'),
    },
  ],
}
