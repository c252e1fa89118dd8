/** Routing of a link: rules, split tests, fallback after its end, and its card in chats. */
import { type Static, Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, nullable, operation, Time } from '../define.ts'
import { Title, Url } from './shapes.ts'

export const deviceKinds = ['desktop', 'mobile', 'tablet', 'tv', 'other'] as const
export const systemNames = ['Android', 'iOS', 'Windows', 'macOS', 'Linux', 'ChromeOS', 'other'] as const

const AppUrl = Type.String({
  minLength: 3,
  maxLength: 2048,
  description: 'address of an installed app, tried before `url`: spotify:album:1',
})
const Name = Type.String({ minLength: 1, maxLength: 40, description: 'what the statistics call it' })

const some = <S extends Parameters<typeof Type.Array>[0]>(item: S, maxItems: number) =>
  Type.Optional(Type.Array(item, { minItems: 1, maxItems, uniqueItems: true }))

/** All given conditions must hold; of a list, one value. */
export const Condition = closed({
  countries: some(Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166', examples: ['DE'] }), 50),
  devices: some(Type.Enum([...deviceKinds]), deviceKinds.length),
  systems: some(Type.Enum([...systemNames]), systemNames.length),
  languages: some(
    Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$', description: 'the one preferred: de, pt-BR' }),
    20,
  ),
  from: Type.Optional(Time),
  until: Type.Optional(Time),
  query: Type.Optional(
    Type.Array(
      closed({
        name: Type.String({ minLength: 1, maxLength: 50 }),
        value: Type.Optional(Type.String({ maxLength: 200, description: 'any when absent' })),
      }),
      { minItems: 1, maxItems: 5 },
    ),
  ),
})
export type Condition = Static<typeof Condition>

const Rule = closed({ name: Type.Optional(Name), when: Condition, url: Url, appUrl: Type.Optional(AppUrl) })
const Variant = closed({ name: Name, url: Url, weight: Type.Integer({ minimum: 1, maximum: 1000 }) })
export const PreviewCard = closed({
  title: Title,
  description: Type.Optional(Type.String({ maxLength: 300 })),
  imageUrl: Type.Optional(Url),
})
export type PreviewCard = Static<typeof PreviewCard>

const fields = {
  rules: Type.Array(Rule, { maxItems: 20, description: 'the first that fits decides' }),
  variants: Type.Array(Variant, { maxItems: 10, description: 'split test where no rule fits; two or more, or none' }),
  appUrl: nullable(AppUrl),
  fallbackUrl: nullable(Type.String({ maxLength: 2048, description: 'where visitors go after expiry or limit' })),
  preview: nullable(PreviewCard),
}
export const Routing = closed(fields)
export type Routing = Static<typeof Routing>

export const LinkRouting = closed({ linkId: Id, ...fields, version: Type.Integer({ description: 'of the link' }) })
export type LinkRouting = Static<typeof LinkRouting>

export const routingOperations = {
  getLinkRouting: operation({
    summary: 'The routing of a link',
    http: 'GET /links/:id/routing',
    access: access.user('links:read'),
    input: closed({ id: Id }),
    output: LinkRouting,
    problems: [],
    retry: 'safe',
    timeoutMs: 2_000,
    versioned: true,
  }),
  setLinkRouting: operation({
    summary: 'Set rules, split test, fallback, app address and preview card of a link; omitted parts are cleared',
    http: 'PUT /links/:id/routing',
    access: access.user('links:write'),
    input: closed({
      id: Id,
      rules: Type.Optional(fields.rules),
      variants: Type.Optional(fields.variants),
      appUrl: Type.Optional(fields.appUrl),
      fallbackUrl: Type.Optional(fields.fallbackUrl),
      preview: Type.Optional(fields.preview),
    }),
    output: LinkRouting,
    problems: ['links.url-not-allowed', 'links.routing-not-valid'],
    retry: 'safe',
    timeoutMs: 5_000,
    versioned: true,
  }),
}
