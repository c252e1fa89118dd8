/** The frame of a panel beside a room: thread, members, pins, search. On phones it fills the page. */
import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import classes from './room.module.css'

export interface PanelFrameProps {
  readonly title: string
  readonly onClose: () => void
  /** Its content scrolls by itself. */
  readonly isTall?: boolean
  readonly children: ReactNode
}

export function PanelFrame({ title, onClose, isTall, children }: PanelFrameProps) {
  const t = useT()
  return (
    <section
      className={classes.panel}
      aria-label={title}
      onKeyDown={event => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose()
      }}
    >
      <div className={classes.panelHead}>
        <h2>{title}</h2>
        <ActionIcon aria-label={t('chat.panel-close', { title })} onClick={onClose}>
          <IconX size={18} stroke={1.75} />
        </ActionIcon>
      </div>
      <div className={isTall ? classes.panelTall : classes.panelBody}>{children}</div>
    </section>
  )
}
