/** Active API keys: what each may do, when it was last used, and when it expires. */
import { Badge, Button } from '@mantine/core'
import { identity } from '@octet/contracts/identity'
import { IconKey } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { StateBox } from '../../../shared/ui/states.tsx'
import { useNow, When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { PagedList } from '../paged.tsx'
import { type ApiKey, keysQuery, useRevokeApiKey } from './api-keys.ts'

const soonMs = 7 * 24 * 60 * 60_000

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const t = useT()
  const now = useNow()
  const revoke = useRevokeApiKey()
  const { name, prefix, last4, scopes, lastUsedAt, expiresAt } = apiKey
  const endsSoon = new Date(expiresAt).getTime() - now < soonMs
  return (
    <>
      <span className={classes.itemIcon}>
        <IconKey size={24} stroke={1.5} aria-hidden="true" />
      </span>
      <div className={classes.itemText}>
        <strong>{name}</strong> {endsSoon ? <Badge variant="light">{t('keys.ends-soon')}</Badge> : null}
        <div className={classes.meta}>
          <code>
            {prefix}…{last4}
          </code>{' '}
          · {t('keys.expires')} <When time={expiresAt} /> ·{' '}
          {lastUsedAt === null ? (
            t('passkey.never-used')
          ) : (
            <>
              {t('passkey.used')} <When time={lastUsedAt} />
            </>
          )}
        </div>
        <div className={classes.meta}>{scopes.join(', ')}</div>
      </div>
      <Button variant="default" aria-label={t('keys.revoke-name', { name })} onClick={() => revoke(apiKey)}>
        {t('keys.revoke')}
      </Button>
    </>
  )
}

function CreateButton() {
  const t = useT()
  return (
    <Button component={Link} to="/account/keys/new">
      {t('keys.create')}
    </Button>
  )
}

export function KeysPage() {
  const { t, rich } = useLocale()
  const leaked = (text: ReactNode) => <Link to="/leaked-key">{text}</Link>
  const query = useInfiniteQuery(keysQuery)
  const api = [{ operation: identity.operations.listApiKeys, input: {} }]
  const empty = (
    <StateBox
      icon={<IconKey size={32} stroke={1.5} />}
      title={t('keys.none')}
      text={t('keys.none-hint')}
      actions={<CreateButton />}
    />
  )
  return (
    <Page title={t('keys.title')} lead={t('keys.lead')} api={api} actions={<CreateButton />} isNarrow>
      <PagedList
        query={query}
        idOf={key => key.id}
        row={key => <KeyRow apiKey={key} />}
        empty={empty}
        label={t('keys.title')}
      />
      <p className={`dimmed ${classes.afterList}`}>{rich('keys.found', {}, { link: leaked })}</p>
    </Page>
  )
}
