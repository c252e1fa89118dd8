/** Provider accounts that sign in here. Renders nothing if the operator configured no provider. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { providerLabel, providersQuery } from '../sign-in/list-providers.ts'
import { linkedProvidersQuery, useLinkProvider, useUnlinkProvider } from './linked-providers.ts'

export function ProvidersSection() {
  const t = useT()
  const known = useQuery(providersQuery)
  const linked = useQuery(linkedProvidersQuery)
  const link = useLinkProvider()
  const unlink = useUnlinkProvider()
  const mine = linked.data?.data ?? []
  const others = (known.data?.providers ?? []).filter(({ name }) => !mine.some(({ provider }) => provider === name))
  if (mine.length === 0 && others.length === 0) return null
  return (
    <section className={classes.section}>
      <h2>{t('providers.section')}</h2>
      <FailureNotice error={linked.error ?? link.error ?? unlink.error} />
      <ul className={classes.list} aria-label={t('providers.section')}>
        {mine.map(({ provider, label, usedAt }) => (
          <li key={provider} className={classes.item}>
            <div className={classes.itemText}>
              <strong>{providerLabel(provider)}</strong> <span className={classes.meta}>{label}</span>
              <div className={classes.meta}>
                {t('passkey.used')} <When time={usedAt} />
              </div>
            </div>
            <Button
              variant="default"
              loading={unlink.isPending}
              aria-label={t('providers.unlink-name', { provider: providerLabel(provider) })}
              onClick={() => unlink.mutate(provider)}
            >
              {t('providers.unlink')}
            </Button>
          </li>
        ))}
        {others.map(({ name }) => (
          <li key={name} className={classes.item}>
            <div className={classes.itemText}>
              <strong>{providerLabel(name)}</strong>
            </div>
            <Button variant="default" loading={link.isPending} onClick={() => link.mutate(name)}>
              {t('providers.link', { provider: providerLabel(name) })}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
