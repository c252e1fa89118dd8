/** After asking to be deleted: until when that can be taken back, and how. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { formatDateTime } from '../../shared/format.ts'
import { useLocale } from '../../shared/i18n.tsx'
import { AuthCard } from './auth-card.tsx'

/** `until`: an ISO time. */
export function GoodbyePage({ until }: { until: string | undefined }) {
  const { t, tag, timeZone } = useLocale()
  const isKnown = until !== undefined && !Number.isNaN(Date.parse(until))
  const lead = isKnown ? t('goodbye.until', { date: formatDateTime(until, tag, timeZone) }) : t('goodbye.soon')
  return (
    <AuthCard title={t('goodbye.title')} lead={lead}>
      <p>{t('goodbye.cancel')}</p>
      <Button component={Link} to="/sign-in" variant="default">
        {t('goodbye.sign-in')}
      </Button>
    </AuthCard>
  )
}
