/** Many links in one request. Every item has its own result: valid items are stored. */
import { Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, nullable, operation } from '../define.ts'
import { LinkChange, NewLink } from './manage.ts'
import { Link } from './shapes.ts'

const ItemProblem = closed({
  code: Type.String(),
  status: Type.Integer(),
  title: Type.String(),
  detail: nullable(Type.String()),
  errors: Type.Array(closed({ path: Type.String(), message: Type.String() })),
})

/** In the order of the items; exactly one of the two is present. */
const LinkResults = closed({
  done: Type.Integer(),
  failed: Type.Integer(),
  results: Type.Array(closed({ index: Type.Integer(), link: nullable(Link), problem: nullable(ItemProblem) })),
})

const itemsMax = 100
const bulk = { access: access.user('links:write'), retry: 'keyed', timeoutMs: 30_000 } as const
const limits = [{ by: 'account', max: 60, windowMs: 60_000 }] as const

export const bulkOperations = {
  createLinks: operation({
    ...bulk,
    summary: 'Shorten up to 100 addresses; each counts against the creation limit',
    http: 'POST /links/bulk',
    input: closed({ links: Type.Array(NewLink, { minItems: 1, maxItems: itemsMax }) }),
    output: LinkResults,
    problems: [],
    limits,
  }),
  updateLinks: operation({
    ...bulk,
    summary: 'Change up to 100 links, each in its own way',
    http: 'PATCH /links/bulk',
    input: closed({
      links: Type.Array(closed({ id: Id, ...LinkChange }), { minItems: 1, maxItems: itemsMax }),
    }),
    output: LinkResults,
    problems: [],
    limits,
  }),
  deleteLinks: operation({
    ...bulk,
    summary: 'Delete up to 100 links',
    http: 'POST /links/bulk/delete',
    input: closed({ ids: Type.Array(Id, { minItems: 1, maxItems: itemsMax, uniqueItems: true }) }),
    output: LinkResults,
    problems: [],
    limits,
  }),
}
