/** The state of an own message: sent, delivered or read, and by whom. */
import { Popover, UnstyledButton } from '@mantine/core'
import type { Cursor } from '@octet/contracts/chat'
import { IconCheck, IconChecks, IconEye } from '@tabler/icons-react'
import { useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import classes from './message.module.css'

export type Reach = 'sent' | 'delivered' | 'read'

/** From the cursors of the other members; `seenBy` are those who have read up to it. */
export function reachOf(seq: number, cursors: ReadonlyMap<string, Cursor>, myId: string) {
  const others = [...cursors.values()].filter(({ userId }) => userId !== myId)
  const seenBy = others.filter(({ readSeq }) => readSeq >= seq).map(({ userId }) => userId)
  const isDelivered = others.some(({ deliveredSeq }) => deliveredSeq >= seq)
  const reach: Reach = seenBy.length > 0 ? 'read' : isDelivered ? 'delivered' : 'sent'
  return { reach, seenBy }
}

const icons = { sent: IconCheck, delivered: IconChecks, read: IconEye } as const

export interface ReceiptProps {
  readonly reach: Reach
  readonly seenBy: readonly string[]
  readonly nameOf: (userId: string) => string
}

export function Receipt({ reach, seenBy, nameOf }: ReceiptProps) {
  const t = useT()
  const [isOpen, setOpen] = useState(false)
  const Icon = icons[reach]
  const label = reach === 'read' ? t('chat.reach-read', { n: seenBy.length }) : t(`chat.reach-${reach}`)
  if (reach !== 'read') {
    return (
      <span className={classes.receipt} data-reach={reach} title={label}>
        <Icon size={14} aria-hidden="true" />
        <span className="visually-hidden">{label}</span>
      </span>
    )
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="top-end" withinPortal>
      <Popover.Target>
        <UnstyledButton className={classes.receipt} data-reach={reach} title={label} onClick={() => setOpen(!isOpen)}>
          <Icon size={14} aria-hidden="true" />
          {seenBy.length > 1 ? <span aria-hidden="true"> {seenBy.length}</span> : null}
          <span className="visually-hidden">{label}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <strong>{label}</strong>
        <ul>
          {seenBy.slice(0, 50).map(id => (
            <li key={id}>
              <bdi>{nameOf(id)}</bdi>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  )
}
