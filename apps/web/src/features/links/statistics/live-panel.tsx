/** The latest live clicks, newest first. */
import { useLocale } from '../../../shared/i18n.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../manage/link-page.module.css'
import { valueName } from './breakdowns.tsx'
import type { LiveClicks } from './live-clicks.ts'

/** Shows whether clicks arrive live; colour is never the only sign. */
export function LiveMark({ isLive }: Pick<LiveClicks, 'isLive'>) {
  const { t } = useLocale()
  return (
    <span className={`${classes.live} no-print`} data-live={isLive || undefined} role="status">
      {t(isLive ? 'live.on' : 'live.polling')}
    </span>
  )
}

export function RecentClicks({ counted }: Pick<LiveClicks, 'counted'>) {
  const locale = useLocale()
  const { t } = locale
  if (counted === undefined || counted.recent.length === 0) return null
  return (
    <section className={`${classes.recent} no-print`} aria-labelledby="recent-title">
      <h3 id="recent-title">{t('live.recent')}</h3>
      <ol>
        {counted.recent.map(({ at, country, device, referrer, variant }, index) => {
          const parts = [
            valueName('country', country, locale),
            valueName('device', device, locale),
            valueName('referrer', referrer, locale),
            variant,
          ]
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: two clicks may be equal to the millisecond
            <li key={`${at} ${index}`}>
              <span>{parts.filter(part => part !== '').join(' · ') || t('live.unknown')}</span>
              <span className="dimmed">
                <When time={at} />
              </span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
