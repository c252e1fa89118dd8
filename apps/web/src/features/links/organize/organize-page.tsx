/** Folders and tags: create, rename, delete. Deleting either keeps its links. */

import { ActionIcon, Button, TextInput } from '@mantine/core'
import { links } from '@octet/contracts/links'
import { IconCheck, IconFolder, IconPencil, IconPlus, IconTag, IconTrash, IconX } from '@tabler/icons-react'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useHiddenIds } from '../../../shared/deferred.ts'
import { useT } from '../../../shared/i18n.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailedState, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { limits } from '../limits.ts'
import type { LinkFilter } from '../manage/list-links.ts'
import classes from './organize.module.css'
import {
  foldersQuery,
  hiddenFolder,
  hiddenTag,
  tagsQuery,
  useCreateFolder,
  useDeleteFolder,
  useDeleteTag,
  useRenameFolder,
  useRenameTag,
} from './organize.ts'

interface NameFormProps {
  readonly label: string
  readonly initial: string
  readonly maxLength: number
  readonly onSave: (name: string) => Promise<unknown>
  readonly onClose: () => void
}

/** The name as a field in place of the row. */
function NameForm({ label, initial, maxLength, onSave, onClose }: NameFormProps) {
  const t = useT()
  const [name, setName] = useState(initial)
  const [failure, setFailure] = useState<string>()
  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    const wanted = name.trim()
    if (wanted === '' || wanted === initial) return onClose()
    try {
      await onSave(wanted)
      onClose()
    } catch (error) {
      setFailure(problemLine(error, t))
    }
  }
  return (
    <form
      className={classes.form}
      onSubmit={event => void save(event)}
      onKeyDown={event => event.key === 'Escape' && onClose()}
    >
      <TextInput
        className={classes.field}
        aria-label={label}
        value={name}
        error={failure}
        maxLength={maxLength}
        autoComplete="off"
        autoFocus
        onFocus={event => event.currentTarget.select()}
        onChange={event => setName(event.currentTarget.value)}
      />
      <ActionIcon type="submit" aria-label={t('action.save')}>
        <IconCheck size={18} stroke={1.75} />
      </ActionIcon>
      <ActionIcon aria-label={t('action.close')} onClick={onClose}>
        <IconX size={18} stroke={1.75} />
      </ActionIcon>
    </form>
  )
}

interface RowProps {
  readonly name: string
  readonly count: number
  readonly search: LinkFilter
  readonly icon: ReactNode
  readonly maxLength: number
  readonly onRename: (name: string) => Promise<unknown>
  readonly onDelete: () => void
}

function Row({ name, count, search, icon, maxLength, onRename, onDelete }: RowProps) {
  const t = useT()
  const [isEditing, setEditing] = useState(false)
  if (isEditing) {
    return (
      <li className={classes.row}>
        <NameForm
          label={t('organize.new-name', { name })}
          initial={name}
          maxLength={maxLength}
          onSave={onRename}
          onClose={() => setEditing(false)}
        />
      </li>
    )
  }
  return (
    <li className={classes.row}>
      <span className={classes.icon}>{icon}</span>
      <Link to="/links" search={search} className={`${classes.name} truncate`}>
        {name}
      </Link>
      <span className={`${classes.count} dimmed`}>{t('organize.links', { n: count })}</span>
      <ActionIcon aria-label={t('organize.rename', { name })} onClick={() => setEditing(true)}>
        <IconPencil size={18} stroke={1.75} />
      </ActionIcon>
      <ActionIcon aria-label={t('organize.delete', { name })} onClick={onDelete}>
        <IconTrash size={18} stroke={1.75} />
      </ActionIcon>
    </li>
  )
}

function NewFolder() {
  const t = useT()
  const createFolder = useCreateFolder()
  const [isOpen, setOpen] = useState(false)
  if (isOpen) {
    return (
      <NameForm
        label={t('organize.folder-name')}
        initial=""
        maxLength={limits.folderName.max}
        onSave={name => createFolder.mutateAsync(name)}
        onClose={() => setOpen(false)}
      />
    )
  }
  return (
    <Button
      className={classes.new}
      variant="default"
      leftSection={<IconPlus size={18} stroke={1.75} />}
      onClick={() => setOpen(true)}
    >
      {t('organize.new-folder')}
    </Button>
  )
}

interface ListProps<T> {
  readonly query: UseQueryResult<readonly T[]>
  readonly isHidden: (item: T) => boolean
  readonly empty: ReactNode
  readonly label: string
  readonly row: (item: T) => ReactNode
}

function List<T>({ query, isHidden, empty, label, row }: ListProps<T>) {
  if (query.data === undefined) {
    if (query.isError) return <FailedState error={query.error} onRetry={() => void query.refetch()} />
    return <SkeletonRows count={3} heightPx={44} />
  }
  const shown = query.data.filter(item => !isHidden(item))
  if (shown.length === 0) return empty
  return (
    <ul className={classes.list} aria-label={label}>
      {shown.map(row)}
    </ul>
  )
}

function Folders() {
  const t = useT()
  const hidden = useHiddenIds()
  const query = useQuery(foldersQuery)
  const renameFolder = useRenameFolder()
  const deleteFolder = useDeleteFolder()
  return (
    <section className={classes.section} aria-labelledby="folders-title">
      <h2 id="folders-title">{t('organize.folders')}</h2>
      <List
        query={query}
        isHidden={({ id }) => hidden.has(hiddenFolder(id))}
        label={t('organize.folders')}
        empty={<StateBox title={t('organize.no-folders')} text={t('organize.no-folders-hint')} />}
        row={folder => (
          <Row
            key={folder.id}
            name={folder.name}
            count={folder.links}
            search={{ folder: folder.id }}
            icon={<IconFolder size={18} stroke={1.75} aria-hidden="true" />}
            maxLength={limits.folderName.max}
            onRename={name => renameFolder.mutateAsync({ id: folder.id, name })}
            onDelete={() => deleteFolder(folder)}
          />
        )}
      />
      <NewFolder />
    </section>
  )
}

function Tags() {
  const t = useT()
  const hidden = useHiddenIds()
  const query = useQuery(tagsQuery)
  const renameTag = useRenameTag()
  const deleteTag = useDeleteTag()
  return (
    <section className={classes.section} aria-labelledby="tags-title">
      <h2 id="tags-title">{t('links.tags')}</h2>
      <List
        query={query}
        isHidden={({ tag }) => hidden.has(hiddenTag(tag))}
        label={t('links.tags')}
        empty={<StateBox title={t('organize.no-tags')} text={t('organize.no-tags-hint')} />}
        row={({ tag, links: count }) => (
          <Row
            key={tag}
            name={tag}
            count={count}
            search={{ tag }}
            icon={<IconTag size={18} stroke={1.75} aria-hidden="true" />}
            maxLength={limits.tagName.max}
            onRename={name => renameTag.mutateAsync({ tag, name })}
            onDelete={() => deleteTag(tag)}
          />
        )}
      />
    </section>
  )
}

export function OrganizePage() {
  const t = useT()
  const { listFolders, createFolder, listTags, renameTag } = links.operations
  const api = [
    { operation: listFolders, input: {} },
    { operation: createFolder, input: { name: 'Spring' } },
    { operation: listTags, input: {} },
    { operation: renameTag, input: { tag: 'old', name: 'new' } },
  ]
  return (
    <Page
      title={t('organize.title')}
      lead={t('organize.lead')}
      crumbs={[{ label: t('links.mine'), to: '/links' }]}
      api={api}
    >
      <div className={classes.columns}>
        <Folders />
        <Tags />
      </div>
    </Page>
  )
}
