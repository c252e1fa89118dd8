/** The presence of a user: as a dot with an accessible name, and in words. */
import { useT } from '../../../shared/i18n.tsx'
import { When } from '../../../shared/ui/when.tsx'
import type { Presence } from '../streams/chat-live.ts'
import classes from './presence.module.css'

/** Sits at the corner of the preceding element, such as an avatar. `isSilent`: the words are beside it. */
export function PresenceDot({ presence, isSilent }: { presence: Presence | undefined; isSilent?: boolean }) {
  const t = useT()
  if (presence === undefined) return null
  return (
    <span className={classes.dot} data-status={presence.status}>
      {isSilent ? null : <span className="visually-hidden">{t(`chat.presence-${presence.status}`)}</span>}
    </span>
  )
}

export function PresenceWords({ presence }: { presence: Presence | undefined }) {
  const t = useT()
  if (presence === undefined) return null
  const { status, lastSeenAt } = presence
  if (status !== 'offline' || lastSeenAt === null) return t(`chat.presence-${status}`)
  return (
    <>
      {t('chat.last-seen')} <When time={lastSeenAt} />
    </>
  )
}
