/** After asking to be deleted: how long that can still be taken back, and how. */
import { Button } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { formatDateTime } from '../../../shared/format.ts'
import { useLocale } from '../../../shared/i18n.tsx'
import { useNow } from '../../../shared/ui/when.tsx'
import { AuthCard } from '../auth-card.tsx'
import classes from './goodbye.module.css'

const hourMs = 3_600_000

function Countdown({ until }: { until: string }) {
  const { t, tag, timeZone } = useLocale()
  const hoursLeft = Math.max(0, Math.floor((Date.parse(until) - useNow()) / hourMs))
  const days = Math.floor(hoursLeft / 24)
  return (
    <div className={classes.countdown}>
      <strong>{t('goodbye.left', { days, hours: hoursLeft % 24 })}</strong>
      <span>{t('goodbye.until', { date: formatDateTime(until, tag, timeZone) })}</span>
    </div>
  )
}

const route = getRouteApi('/goodbye')

export function GoodbyePage() {
  const { until } = route.useSearch()
  const { t } = useLocale()
  const isKnown = until !== undefined && !Number.isNaN(Date.parse(until))
  return (
    <AuthCard title={t('goodbye.title')} lead={isKnown ? undefined : t('goodbye.soon')}>
      {isKnown ? <Countdown until={until} /> : null}
      <p>{t('goodbye.cancel')}</p>
      {/* The activity page says first that the deletion was taken back. */}
      <Button
        variant="default"
        renderRoot={props => <Link {...props} to="/sign-in" search={{ next: '/account/activity' }} />}
      >
        {t('goodbye.sign-in')}
      </Button>
    </AuthCard>
  )
}
