/** The switch that makes a link's statistics public, with the address to share. */
import type { Link } from '@octet/contracts/links'
import { Link as RouterLink } from '@tanstack/react-router'
import { useT } from '../../../shared/i18n.tsx'
import { CopyButton } from '../../../shared/ui/copy-button.tsx'
import { SavedSwitch } from '../../../shared/ui/saved-switch.tsx'
import classes from '../manage/link-page.module.css'
import { useSetSharing } from './set-sharing.ts'

export function Sharing({ link }: { link: Link }) {
  const t = useT()
  const setSharing = useSetSharing(link.id)
  const path = `/stats/${encodeURIComponent(link.code)}`
  return (
    <section className={`${classes.section} no-print`} aria-labelledby="sharing-title">
      <h2 id="sharing-title">{t('sharing.title')}</h2>
      <SavedSwitch
        label={t('sharing.switch')}
        description={link.domain === null ? t('sharing.hint') : t('sharing.own-host')}
        disabled={link.domain !== null}
        isOn={link.hasPublicStats}
        save={setSharing.mutateAsync}
      />
      {link.hasPublicStats ? (
        <div className={classes.shared}>
          <RouterLink to="/stats/$code" params={{ code: link.code }} className="truncate">
            {`${location.host}${path}`}
          </RouterLink>
          <CopyButton text={`${location.origin}${path}`} label={t('sharing.copy')} />
        </div>
      ) : null}
    </section>
  )
}
