/** The pages of links. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { forEveryone, forUsers, type Search, text, word } from '../../shared/routing.ts'
import { type LinkFilter, linkSorts, linksQuery } from './manage/list-links.ts'
import { type DayRange, dayRanges, intervals, type StatsSearch } from './statistics/day-ranges.ts'

const daysIn = (search: Search): DayRange | undefined => dayRanges.find(range => range === Number(search.days))

const list = createRoute({
  ...forUsers,
  path: '/links',
  validateSearch: (search: Search): LinkFilter => ({
    q: word(search.q),
    tag: word(search.tag),
    folder: word(search.folder),
    domain: word(search.domain),
    archived: search.archived === true ? true : undefined,
    sort: linkSorts.find(sort => sort === search.sort),
  }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => {
    // Starts while the page's code loads; the page handles the result.
    void context.queryClient.prefetchInfiniteQuery(linksQuery(deps))
  },
  component: lazyRouteComponent(() => import('./manage/links-page.tsx'), 'LinksPage'),
})

const link = createRoute({
  ...forUsers,
  path: '/links/$id',
  validateSearch: (search: Search): StatsSearch => ({
    days: daysIn(search),
    interval: intervals.find(interval => interval === search.interval),
    zone: text(search.zone),
  }),
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import('./manage/link-page.tsx'), 'LinkPage'),
})

const linkRouting = createRoute({
  ...forUsers,
  path: '/links/$id/routing',
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import('./routing/routing-page.tsx'), 'RoutingPage'),
})

const organize = createRoute({
  ...forUsers,
  path: '/links/organize',
  component: lazyRouteComponent(() => import('./organize/organize-page.tsx'), 'OrganizePage'),
})

const campaigns = createRoute({
  ...forUsers,
  path: '/links/campaigns',
  component: lazyRouteComponent(() => import('./campaigns/campaigns-page.tsx'), 'CampaignsPage'),
})

const files = createRoute({
  ...forUsers,
  path: '/links/files',
  component: lazyRouteComponent(() => import('./files/files-page.tsx'), 'FilesPage'),
})

const domains = createRoute({
  ...forUsers,
  path: '/links/domains',
  component: lazyRouteComponent(() => import('./domains/domains-page.tsx'), 'DomainsPage'),
})

const webhooks = createRoute({
  ...forUsers,
  path: '/links/webhooks',
  component: lazyRouteComponent(() => import('./webhooks/webhooks-page.tsx'), 'WebhooksPage'),
})

const webhook = createRoute({
  ...forUsers,
  path: '/links/webhooks/$id',
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import('./webhooks/webhook-page.tsx'), 'WebhookPage'),
})

const publicStats = createRoute({
  ...forEveryone,
  path: '/stats/$code',
  validateSearch: (search: Search): { days?: DayRange | undefined } => ({ days: daysIn(search) }),
  remountDeps: ({ params }) => params,
  component: lazyRouteComponent(() => import('./statistics/public-stats-page.tsx'), 'PublicStatsPage'),
})

const manage = [list, link, linkRouting, publicStats] as const
const places = [organize, campaigns, files, domains, webhooks, webhook] as const

export const routes = [...manage, ...places] as const
