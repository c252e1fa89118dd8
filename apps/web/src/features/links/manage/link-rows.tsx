/** The rows of a list of links: arrow keys move between them, checkboxes select several. */
import { Checkbox } from '@mantine/core'
import type { ListedLink } from '@octet/contracts/links'
import { type KeyboardEvent, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { useArchiveLinks } from '../bulk/archive-links.ts'
import { Selection } from '../bulk/selection.tsx'
import { useDeleteLink } from './delete-link.ts'
import { LinkRow } from './link-row.tsx'
import classes from './links.module.css'

/** Arrow keys go from row to row. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const rowLinks = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]')]
  const at = rowLinks.indexOf(event.target as HTMLElement)
  if (step === undefined || at < 0) return
  event.preventDefault()
  rowLinks[at + step]?.focus()
}

/** When the focused row disappears, its neighbour gets the focus once the menu has closed. */
function focusSoon(neighbour: ListedLink | undefined): void {
  setTimeout(() => {
    const found = [...document.querySelectorAll<HTMLElement>(`a[data-row-link][href="/links/${neighbour?.id}"], h1`)]
    found.at(-1)?.focus()
  }, 120)
}

/** The selected rows; a row that leaves the list is no longer selected. */
function useSelection(rows: readonly ListedLink[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const chosen = rows.filter(({ id }) => ids.has(id))
  return {
    chosen,
    isChosen: (id: string) => ids.has(id),
    toggle: (id: string) => setIds(ids.has(id) ? new Set([...ids].filter(each => each !== id)) : new Set([...ids, id])),
    chooseAll: () => setIds(new Set(chosen.length === rows.length ? [] : rows.map(({ id }) => id))),
    clear: () => setIds(new Set()),
  }
}

export function LinkRows({ rows, isArchive }: { rows: readonly ListedLink[]; isArchive: boolean }) {
  const t = useT()
  const deleteLink = useDeleteLink()
  const archive = useArchiveLinks()
  const { chosen, isChosen, toggle, chooseAll, clear } = useSelection(rows)
  const neighbourOf = (index: number) => rows[index + 1] ?? rows[index - 1]
  return (
    <>
      <div className={classes.listHead}>
        <Checkbox
          aria-label={t('links.select-all')}
          checked={chosen.length === rows.length}
          indeterminate={chosen.length > 0 && chosen.length < rows.length}
          onChange={chooseAll}
        />
        {chosen.length === 0 ? (
          <span className="dimmed">{t('links.n', { n: rows.length })}</span>
        ) : (
          <Selection rows={chosen} isArchive={isArchive} onClear={clear} />
        )}
      </div>
      <ul className={classes.list} aria-label={t('links.mine')} onKeyDown={moveBetweenRows}>
        {rows.map((link, index) => (
          <LinkRow
            key={link.id}
            link={link}
            isChosen={isChosen(link.id)}
            onChoose={() => toggle(link.id)}
            onArchive={() => {
              focusSoon(neighbourOf(index))
              void archive([link.id], !isArchive)
            }}
            onDelete={() => {
              deleteLink(link)
              focusSoon(neighbourOf(index))
            }}
          />
        ))}
      </ul>
    </>
  )
}
