/** The first steps. Their state comes from real data, and the user may dismiss the list. */
import { ActionIcon } from '@mantine/core'
import { IconCircle, IconCircleCheckFilled, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ChecklistItem } from '../../shared/app-entry.ts'
import { useT } from '../../shared/i18n.tsx'
import { store, useStored } from '../../shared/storage.ts'
import classes from './home.module.css'

const keyOf = (userId: string) => `checklist-dismissed.${userId}`

/** Shown until it is dismissed or everything is done. */
export function useIsChecklistShown(userId: string, items: readonly ChecklistItem[]): boolean {
  const isDismissed = useStored(keyOf(userId)) !== null
  return !isDismissed && items.some(item => !item.isDone)
}

export function Checklist({ userId, items }: { userId: string; items: readonly ChecklistItem[] }) {
  const t = useT()
  const done = items.filter(item => item.isDone).length
  return (
    <section className={classes.checklist} aria-labelledby="checklist-title">
      <div className={classes.checklistHead}>
        <h2 id="checklist-title">{t('checklist.title')}</h2>
        <ActionIcon aria-label={t('checklist.dismiss')} onClick={() => store(keyOf(userId), '1')}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      <p className="dimmed">{t('checklist.progress', { done, of: items.length })}</p>
      <ol>
        {items.map(item => (
          <li key={item.id} className={classes.step} data-done={item.isDone || undefined}>
            {item.isDone ? <IconCircleCheckFilled size={20} /> : <IconCircle size={20} stroke={1.75} />}
            <div>
              <Link to={item.to} className={classes.stepLabel}>
                {item.label}
              </Link>
              {item.isDone ? <span className="visually-hidden"> {t('checklist.done')}</span> : null}
              {item.isDone ? null : <div className={classes.hint}>{item.hint}</div>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
