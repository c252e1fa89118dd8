/** Tags and folders. */
import { type Static, Type } from 'typebox'
import { access } from '../access.ts'
import { closed, Id, Nothing, operation, Time } from '../define.ts'

const Tag = Type.String({ minLength: 1, maxLength: 30 })
const FolderName = Type.String({ minLength: 1, maxLength: 60, pattern: '\\S', examples: ['Campaigns'] })

export const Folder = closed({ id: Id, name: Type.String(), links: Type.Integer(), createdAt: Time })
export type Folder = Static<typeof Folder>

export const organizeOperations = {
  listTags: operation({
    summary: 'Your tags, most used first, with how many links have each',
    http: 'GET /links/tags',
    access: access.user('links:read'),
    input: closed({}),
    output: closed({ data: Type.Array(closed({ tag: Type.String(), links: Type.Integer() })) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  renameTag: operation({
    summary: 'Rename a tag on all your links; two tags of one name become one',
    http: 'PATCH /links/tags/:tag',
    access: access.user('links:write'),
    input: closed({ tag: Tag, name: Tag }),
    output: closed({ links: Type.Integer() }),
    problems: [],
    retry: 'safe',
    timeoutMs: 10_000,
  }),
  deleteTag: operation({
    summary: 'Remove a tag from all your links',
    http: 'DELETE /links/tags/:tag',
    access: access.user('links:write'),
    input: closed({ tag: Tag }),
    output: closed({ links: Type.Integer() }),
    problems: [],
    retry: 'safe',
    timeoutMs: 10_000,
  }),
  listFolders: operation({
    summary: 'Your folders by name, with how many links are in each',
    http: 'GET /links/folders',
    access: access.user('links:read'),
    input: closed({}),
    output: closed({ data: Type.Array(Folder) }),
    problems: [],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  createFolder: operation({
    summary: 'Create a folder',
    http: 'POST /links/folders',
    status: 201,
    access: access.user('links:write'),
    input: closed({ name: FolderName }),
    output: Folder,
    problems: ['links.folder-exists', 'links.too-many'],
    retry: 'keyed',
    timeoutMs: 5_000,
  }),
  renameFolder: operation({
    summary: 'Rename a folder',
    http: 'PATCH /links/folders/:id',
    access: access.user('links:write'),
    input: closed({ id: Id, name: FolderName }),
    output: Folder,
    problems: ['links.folder-exists'],
    retry: 'safe',
    timeoutMs: 5_000,
  }),
  deleteFolder: operation({
    summary: 'Delete a folder; its links stay, in no folder',
    http: 'DELETE /links/folders/:id',
    status: 204,
    access: access.user('links:write'),
    input: closed({ id: Id }),
    output: Nothing,
    problems: [],
    retry: 'safe',
    timeoutMs: 10_000,
  }),
}
