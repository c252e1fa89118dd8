/** Presence and notifications: what others see of the user, and what may notify the user. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { formatDateTime } from '../../../shared/format.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { SavedSwitch } from '../../../shared/ui/saved-switch.tsx'
import { FailedState, SkeletonRows } from '../../../shared/ui/states.tsx'
import { useNow } from '../../../shared/ui/when.tsx'
import { isQuiet } from '../attention/attention-rules.ts'
import { type ChatSettings, chatSettingsQuery, useSetChatSettings } from '../attention/chat-settings.ts'
import { NotifySection } from '../attention/notify-section.tsx'
import classes from '../dialogs.module.css'

const hourMs = 3_600_000
const quietHours = [1, 4, 24] as const
const switches = ['showPresence', 'showReading', 'showTyping'] as const

function Quiet({ until }: { until: string | null }) {
  const t = useT()
  const { tag, timeZone } = useLocale()
  const now = useNow()
  const set = useSetChatSettings()
  const isNow = isQuiet(until, now)
  return (
    <section className={classes.end} aria-labelledby="quiet-title">
      <h3 id="quiet-title">{t('chat.quiet')}</h3>
      <p className="dimmed" role="status">
        {isNow && until !== null
          ? t('chat.quiet-until', { time: formatDateTime(until, tag, timeZone) })
          : t('chat.quiet-hint')}
      </p>
      <div className={classes.choices}>
        {quietHours.map(hours => (
          <Button
            key={hours}
            variant="default"
            onClick={() => set.mutate({ doNotDisturbUntil: new Date(Date.now() + hours * hourMs).toISOString() })}
          >
            {t('chat.quiet-for', { hours })}
          </Button>
        ))}
        {isNow ? (
          <Button variant="light" onClick={() => set.mutate({ doNotDisturbUntil: null })}>
            {t('chat.quiet-end')}
          </Button>
        ) : null}
      </div>
    </section>
  )
}

function Switches({ settings }: { settings: ChatSettings }) {
  const t = useT()
  const set = useSetChatSettings()
  return (
    <>
      <div className={classes.form}>
        {switches.map(name => (
          <SavedSwitch
            key={name}
            label={t(`chat.${name}`)}
            description={t(`chat.${name}-hint`)}
            isOn={settings[name]}
            save={isOn => set.mutateAsync({ [name]: isOn })}
          />
        ))}
      </div>
      <NotifySection />
      <Quiet until={settings.doNotDisturbUntil} />
    </>
  )
}

export default function PresenceDialog({ onClose }: { onClose: () => void }) {
  const t = useT()
  const query = useQuery(chatSettingsQuery)
  return (
    <Dialog opened onClose={onClose} title={t('chat.presence')} size="md">
      {query.isPending ? <SkeletonRows count={3} heightPx={48} /> : null}
      {query.isError && query.data === undefined ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {query.data === undefined ? null : <Switches settings={query.data} />}
    </Dialog>
  )
}
