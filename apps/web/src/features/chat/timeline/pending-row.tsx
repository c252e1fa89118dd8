/** An own message that the server has not confirmed: being sent, or refused. */
import { Button } from '@mantine/core'
import { IconAlertCircle, IconClock, IconPaperclip } from '@tabler/icons-react'
import { useT } from '../../../shared/i18n.tsx'
import { Avatar } from '../../../shared/ui/avatar.tsx'
import { useProblemText } from '../../../shared/ui/problem-text.ts'
import { useOpenRoom } from '../rooms/room-context.ts'
import type { Pending } from '../streams/outbox.ts'
import classes from './message.module.css'
import { MessageBody } from './message-body.tsx'

function Failed({ pending }: { pending: Pending }) {
  const t = useT()
  const { live, room } = useOpenRoom()
  const { title, detail } = useProblemText(pending.error)
  return (
    <div className={classes.failed} role="alert">
      <IconAlertCircle size={16} aria-hidden="true" />
      <span>
        {t('chat.not-sent')} {title} {detail}
      </span>
      <Button size="xs" variant="default" onClick={() => live.retry(room.id, pending.cmid)}>
        {t('action.retry')}
      </Button>
      <Button size="xs" variant="subtle" onClick={() => live.discard(pending.cmid)}>
        {t('chat.discard')}
      </Button>
    </div>
  )
}

export function PendingRow({ pending }: { pending: Pending }) {
  const t = useT()
  const { myId, nameOf, pictureOf } = useOpenRoom()
  const name = nameOf(myId)
  const isFailed = pending.error !== undefined
  return (
    <article className={classes.pending} data-cmid={pending.cmid} data-failed={isFailed || undefined} aria-label={name}>
      <div className={classes.gutter}>
        <Avatar id={myId} name={name} src={pictureOf(myId)} />
      </div>
      <div className={classes.content}>
        <div className={classes.head}>
          <strong className="truncate">
            <bdi>{name}</bdi>
          </strong>
          {isFailed ? null : (
            <span className={classes.mark}>
              <IconClock size={13} aria-hidden="true" /> {t('chat.sending')}
            </span>
          )}
        </div>
        {pending.body === '' ? null : <MessageBody body={pending.body} nameOf={nameOf} myId={myId} />}
        {pending.fileCount === 0 ? null : (
          <p className={classes.mark}>
            <IconPaperclip size={13} aria-hidden="true" /> {t('chat.files', { n: pending.fileCount })}
          </p>
        )}
        {isFailed ? <Failed pending={pending} /> : null}
      </div>
    </article>
  )
}
