/** The page after a request to delete the account: how, and until when, the user can cancel it. */
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
  const left = Math.max(0, (Date.parse(until) - useNow()) / hourMs)
  // Rounded up: right after the request, fourteen days must not become "13 days left".
  const hours = left < 1 ? 0 : Math.ceil(left)
  const days = hours < 24 ? 0 : Math.ceil(hours / 24)
  return (
    <div className={classes.countdown}>
      <strong>{t('goodbye.left', { days, hours })}</strong>
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
      {/* The activity page first reports that the deletion was cancelled. */}
      <Button
        variant="default"
        renderRoot={props => <Link {...props} to="/sign-in" search={{ next: '/account/activity' }} />}
      >
        {t('goodbye.sign-in')}
      </Button>
    </AuthCard>
  )
}
