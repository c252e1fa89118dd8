/** Utm templates: utm parameters under a name, shared by all links of a campaign. */
import { type Static, Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, Nothing, operation, Time } from '../define.ts'
import { Utm } from './shapes.ts'

const TemplateName = Type.String({ minLength: 1, maxLength: 60, pattern: '\\S', examples: ['Newsletter'] })
const SomeUtm = closed(Utm.properties, { minProperties: 1 })

export const UtmTemplate = closed({ id: Id, name: Type.String(), utm: Utm, createdAt: Time })
export type UtmTemplate = Static<typeof UtmTemplate>

export const campaignOperations = {
  listUtmTemplates: operation({
    summary: 'Your utm templates by name',
    http: 'GET /links/utm-templates',
    access: access.user('links:read'),
    input: closed({}),
    output: closed({ data: Type.Array(UtmTemplate) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  createUtmTemplate: operation({
    summary: 'Create a utm template: parameters for the addresses of new links',
    http: 'POST /links/utm-templates',
    status: 201,
    access: access.user('links:write'),
    input: closed({ name: TemplateName, utm: SomeUtm }),
    output: UtmTemplate,
    problems: ['links.utm-template-exists', 'links.too-many'],
    retry: 'keyed',
    timeoutMs: 5_000,
  }),
  updateUtmTemplate: operation({
    summary: 'Change a utm template; existing links stay as they are',
    http: 'PATCH /links/utm-templates/:id',
    access: access.user('links:write'),
    input: closed({ id: Id, name: Type.Optional(TemplateName), utm: Type.Optional(SomeUtm) }),
    output: UtmTemplate,
    problems: ['links.utm-template-exists'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  deleteUtmTemplate: operation({
    summary: 'Delete a utm template; existing links stay as they are',
    http: 'DELETE /links/utm-templates/:id',
    status: 204,
    access: access.user('links:write'),
    input: closed({ id: Id }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
}
