/** The actions on several selected links. */

import { Button, Menu } from '@mantine/core'
import type { ListedLink } from '@octet/contracts/links'
import { IconArchive, IconArchiveOff, IconFolder, IconTag, IconTrash, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { TagsField } from '../../../shared/ui/tags-field.tsx'
import { limits } from '../limits.ts'
import classes from '../manage/links.module.css'
import { foldersQuery, tagsQuery } from '../organize/organize.ts'
import { useArchiveLinks } from './archive-links.ts'
import { useChangeLinks } from './change-links.ts'
import { useDeleteLinks } from './delete-links.ts'

export interface SelectionProps {
  readonly rows: readonly ListedLink[]
  /** The archive is on the screen. */
  readonly isArchive: boolean
  readonly onClear: () => void
}

function TagDialog({ rows, onClose }: { rows: readonly ListedLink[]; onClose: () => void }) {
  const t = useT()
  const known = useQuery(tagsQuery)
  const changeLinks = useChangeLinks()
  const [tags, setTags] = useState<readonly string[]>([])
  function submit(event: FormEvent): void {
    event.preventDefault()
    onClose()
    if (tags.length === 0) return
    void changeLinks(rows, link => ({ tags: [...new Set([...link.tags, ...tags])].slice(0, limits.tags.max) }))
  }
  return (
    <Dialog opened onClose={onClose} title={t('links.tag-n', { n: rows.length })}>
      <form className={classes.dialogForm} onSubmit={submit}>
        <TagsField
          label={t('links.tags-add')}
          description={t('links.tags-hint')}
          data={known.data?.map(({ tag }) => tag) ?? []}
          value={[...tags]}
          onChange={setTags}
          maxTags={limits.tags.max}
          data-autofocus
        />
        <Button type="submit">{t('links.tags-add')}</Button>
      </form>
    </Dialog>
  )
}

function MoveMenu({ rows, onDone }: { rows: readonly ListedLink[]; onDone: () => void }) {
  const t = useT()
  const folders = useQuery(foldersQuery)
  const changeLinks = useChangeLinks()
  function moveTo(folderId: string | null): void {
    onDone()
    void changeLinks(rows, () => ({ folderId }))
  }
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconFolder size={16} stroke={1.75} />}>
          {t('links.move')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(folders.data ?? []).map(({ id, name }) => (
          <Menu.Item key={id} onClick={() => moveTo(id)}>
            {name}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => moveTo(null)}>{t('links.no-folder')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

export function Selection({ rows, isArchive, onClear }: SelectionProps) {
  const t = useT()
  const archive = useArchiveLinks()
  const deleteLinks = useDeleteLinks()
  const [isTagging, setTagging] = useState(false)
  const ArchiveIcon = isArchive ? IconArchiveOff : IconArchive
  const run = (act: () => void) => () => {
    onClear()
    act()
  }
  return (
    <div className={classes.selection} role="toolbar" aria-label={t('links.selection')}>
      <strong role="status">{t('links.selected', { n: rows.length })}</strong>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconTag size={16} stroke={1.75} />}
        onClick={() => setTagging(true)}
      >
        {t('links.tag')}
      </Button>
      <MoveMenu rows={rows} onDone={onClear} />
      <Button
        variant="default"
        size="xs"
        leftSection={<ArchiveIcon size={16} stroke={1.75} />}
        onClick={run(() => {
          const ids = rows.map(({ id }) => id)
          void archive(ids, !isArchive)
        })}
      >
        {t(isArchive ? 'links.unarchive' : 'links.archive')}
      </Button>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconTrash size={16} stroke={1.75} />}
        onClick={run(() => deleteLinks(rows))}
      >
        {t('action.delete')}
      </Button>
      <Button variant="subtle" color="gray" size="xs" leftSection={<IconX size={16} stroke={1.75} />} onClick={onClear}>
        {t('links.select-none')}
      </Button>
      {isTagging ? (
        <TagDialog
          rows={rows}
          onClose={() => {
            setTagging(false)
            onClear()
          }}
        />
      ) : null}
    </div>
  )
}
