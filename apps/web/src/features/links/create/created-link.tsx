/** The new short link, ready to be copied. */
import { Button } from '@mantine/core'
import type { Link } from '@octet/contracts/links'
import { IconCircleCheck } from '@tabler/icons-react'
import { Link as RouterLink } from '@tanstack/react-router'
import { shortAddress } from '../../../shared/format.ts'
import { useT } from '../../../shared/i18n.tsx'
import { useSession } from '../../../shared/session.ts'
import { CopyButton } from '../../../shared/ui/copy-button.tsx'
import classes from './create-form.module.css'

export function CreatedLink({ link }: { link: Link }) {
  const t = useT()
  const { user } = useSession()
  return (
    <section className={classes.result} aria-label={t('links.created')}>
      <IconCircleCheck size={24} stroke={1.5} color="var(--octet-success)" aria-hidden="true" />
      <div className={classes.resultText}>
        <div className="visually-hidden" role="status">
          {t('links.created-status', { url: link.shortUrl })}
        </div>
        <a className={classes.short} href={link.shortUrl} target="_blank" rel="noreferrer">
          {shortAddress(link.shortUrl)}
        </a>
        <div className={`${classes.target} truncate`}>{shortAddress(link.url)}</div>
      </div>
      <div className={classes.resultActions}>
        {user === null ? null : (
          <Button component={RouterLink} to={`/links/${link.id}`} variant="subtle">
            {t('links.details')}
          </Button>
        )}
        <CopyButton
          key={link.id}
          text={link.shortUrl}
          label={t('links.copy', { code: link.code })}
          isWide
          isFilled
          autoFocus
        />
      </div>
    </section>
  )
}
