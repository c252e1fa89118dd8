/** Short links in the shell. */
import { links as contract } from '@octet/contracts/links'
import {
  IconArchive,
  IconFileSpreadsheet,
  IconFolder,
  IconFolders,
  IconLink,
  IconPlus,
  IconSpeakerphone,
  IconTag,
  IconWebhook,
  IconWorld,
} from '@tabler/icons-react'
import { type QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { lazy } from 'react'
import { type ChecklistItem, defineSystem, type NavSection, type PaletteThing } from '../../shared/app-entry.ts'
import { useHiddenIds } from '../../shared/deferred.ts'
import { shortAddress } from '../../shared/format.ts'
import { useT } from '../../shared/i18n.tsx'
import { linksApi } from './api.ts'
import { FrontBox } from './create/front-box.tsx'
import { linksQuery } from './manage/list-links.ts'
import { en } from './messages/en.ts'
import { foldersQuery, hiddenFolder, hiddenTag, tagsQuery } from './organize/organize.ts'
import { routes } from './routes.tsx'
import { LinksTile } from './tile.tsx'

const placesShownMax = 12
const thingsMax = 6

/** The links of the first page; the navigation and the home page derive their entries from them. */
function useNewest() {
  const query = useInfiniteQuery(linksQuery())
  return query.data?.pages[0]?.data
}

/** Folders and tags as places; those that cannot be loaded now are left out. */
function usePlaces(): readonly NavSection[] {
  const t = useT()
  const hidden = useHiddenIds()
  const folders = (useQuery(foldersQuery).data ?? []).filter(({ id }) => !hidden.has(hiddenFolder(id)))
  const tags = (useQuery(tagsQuery).data ?? []).filter(({ tag }) => !hidden.has(hiddenTag(tag)))
  const folderItems = folders
    .slice(0, placesShownMax)
    .map(({ id, name }) => ({ label: name, to: '/links', search: { folder: id }, icon: IconFolder }))
  const tagItems = tags
    .slice(0, placesShownMax)
    .map(({ tag }) => ({ label: tag, to: '/links', search: { tag }, icon: IconTag }))
  return [
    { label: t('organize.folders'), items: folderItems },
    { label: t('links.tags'), items: tagItems },
  ].filter(({ items }) => items.length > 0)
}

function useNav(): readonly NavSection[] {
  const t = useT()
  const places = usePlaces()
  return [
    {
      items: [
        { label: t('links.all'), to: '/links', icon: IconLink },
        { label: t('links.archive-nav'), to: '/links', search: { archived: true }, icon: IconArchive },
      ],
    },
    ...places,
    {
      label: t('links.manage'),
      items: [
        { label: t('organize.title'), to: '/links/organize', icon: IconFolders },
        { label: t('campaigns.title'), to: '/links/campaigns', icon: IconSpeakerphone },
        { label: t('files.title'), to: '/links/files', icon: IconFileSpreadsheet },
        { label: t('domains.title'), to: '/links/domains', icon: IconWorld },
        { label: t('webhooks.title'), to: '/links/webhooks', icon: IconWebhook },
      ],
    },
  ]
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

/** False until the examples have loaded; an unreachable server does not block the page. */
async function hasExamples(queryClient: QueryClient): Promise<boolean> {
  const list = await queryClient.fetchInfiniteQuery({ ...linksQuery(), staleTime: 0 }).catch(() => undefined)
  return list?.pages[0]?.data.length !== 0
}

export const links = defineSystem({
  id: 'links',
  label: 'links.app',
  icon: IconLink,
  accent: 'indigo',
  path: '/links',
  place: 'apps',
  rank: 20,
  routes,
  messages: { en, enPages: () => import('./messages/en-pages.ts'), de: () => import('./messages/de.ts') },
  hasExamples,
  front: {
    Box: FrontBox,
    call: { operation: contract.operations.createLink, input: { url: 'https://example.org/a/long/address' } },
  },
  useNav,
  useChecklist,
  useThings,
  createId: 'create-link',
  Dialog: lazy(() => import('./create/create-dialog.tsx')),
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
    {
      id: 'go-organize',
      label: 'command.organize',
      icon: IconFolders,
      keys: ['g', 'f'],
      isShown: session => session.user !== null,
      run: context => context.goTo('/links/organize'),
    },
    {
      id: 'go-campaigns',
      label: 'command.campaigns',
      icon: IconSpeakerphone,
      isShown: session => session.user !== null,
      run: context => context.goTo('/links/campaigns'),
    },
    {
      id: 'go-files',
      label: 'files.title',
      icon: IconFileSpreadsheet,
      isShown: session => session.user !== null,
      run: context => context.goTo('/links/files'),
    },
    {
      id: 'go-domains',
      label: 'command.domains',
      icon: IconWorld,
      isShown: session => session.user !== null,
      run: context => context.goTo('/links/domains'),
    },
    {
      id: 'go-webhooks',
      label: 'command.webhooks',
      icon: IconWebhook,
      keys: ['g', 'w'],
      isShown: session => session.user !== null,
      run: context => context.goTo('/links/webhooks'),
    },
  ],
})
