/** Creates an API key: its purpose, its scopes and its lifetime. Then shows the key, only this once. */

import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import type { Output } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { keepDraft, readDraft } from '../../../shared/drafts.ts'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { CopyButton } from '../../../shared/ui/copy-button.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { FailedState, FailureNotice, Notice, SkeletonRows } from '../../../shared/ui/states.tsx'
import classes from '../account.module.css'
import { limits } from '../limits.ts'
import { scopesQuery, useCreateApiKey } from './api-keys.ts'

type Made = Output<typeof identity, 'createApiKey'>
type Scopes = Output<typeof identity, 'listScopes'>['scopes']

const empty = { name: '', scopes: [] as readonly string[], days: '90' }
const lifetimes = ['7', '30', '90', '365'] as const

interface ScopesFieldProps {
  readonly scopes: Scopes
  readonly chosen: readonly string[]
  readonly error: string | undefined
  readonly onChange: (scopes: readonly string[]) => void
}

function ScopesField({ scopes, chosen, error, onChange }: ScopesFieldProps) {
  const t = useT()
  return (
    <fieldset className={classes.fieldset}>
      <legend>{t('keys.scopes')}</legend>
      <p className={classes.meta}>{t('keys.scopes-hint')}</p>
      {error === undefined ? null : (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      <ul className={classes.list}>
        {scopes.map(({ scope, allows }, index) => (
          <li key={scope} className={classes.scope}>
            <Checkbox
              label={<code>{scope}</code>}
              checked={chosen.includes(scope)}
              // An invalid group focuses its first checkbox.
              aria-invalid={error !== undefined && index === 0 ? true : undefined}
              onChange={event =>
                onChange(event.currentTarget.checked ? [...chosen, scope] : chosen.filter(each => each !== scope))
              }
            />
            <details>
              <summary>
                {t('keys.actions', { n: allows.length })}
                <span className="visually-hidden">: {scope}</span>
              </summary>
              <ul>
                {allows.map(each => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </fieldset>
  )
}

function KeyForm({ scopes, onMade }: { scopes: Scopes; onMade: (made: Made) => void }) {
  const t = useT()
  const create = useCreateApiKey()
  const form = useForm({
    initial: readDraft('api-key', empty),
    validate: values => ({
      name: values.name.trim() === '' ? t('account.name-missing') : undefined,
      scopes: values.scopes.length === 0 ? t('keys.scopes-missing') : undefined,
    }),
    onChange: values => keepDraft('api-key', values),
    submit: async values => {
      const known = scopes.map(({ scope }) => scope).filter(scope => values.scopes.includes(scope))
      const input = { name: values.name.trim(), scopes: known, expiresInDays: Number(values.days) }
      const made = await create.mutateAsync(input)
      keepDraft('api-key', null)
      onMade(made)
    },
  })
  return (
    <form className={classes.section} noValidate onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      <TextInput
        {...form.text('name')}
        label={t('keys.name')}
        description={t('keys.name-hint')}
        maxLength={limits.keyName.max}
        required
        withAsterisk={false}
      />
      <NativeSelect
        label={t('keys.lifetime')}
        value={form.values.days}
        onChange={event => form.change({ days: event.currentTarget.value })}
        data={lifetimes.map(value => ({ value, label: t('keys.days', { n: Number(value) }) }))}
      />
      <ScopesField
        scopes={scopes}
        chosen={form.values.scopes}
        error={form.errors.scopes}
        onChange={chosen => form.change({ scopes: chosen })}
      />
      <div className={classes.row}>
        <Button type="submit" loading={form.isSubmitting}>
          {t('keys.create')}
        </Button>
        <Button component={Link} to="/account/keys" variant="default">
          {t('action.cancel')}
        </Button>
      </div>
    </form>
  )
}

/** A command that works with any key; the key's scopes decide what it returns. */
function exampleOf(key: string): string {
  return `curl ${window.location.origin}/api/v1/users/me -H 'authorization: Bearer ${key}'`
}

function MadeKey({ made }: { made: Made }) {
  const t = useT()
  return (
    <div className={classes.section}>
      <Notice kind="success">{t('keys.made', { name: made.name })}</Notice>
      <div className={classes.secret}>
        <code data-testid="api-key">{made.key}</code>
        <CopyButton text={made.key} label={t('keys.copy')} isWide isFilled autoFocus />
      </div>
      <Notice kind="warning">{t('keys.once')}</Notice>
      <div>
        <h2>{t('keys.try')}</h2>
        <div className={classes.secret}>
          <code>{exampleOf(made.key)}</code>
          <CopyButton text={exampleOf(made.key)} label={t('keys.copy-example')} />
        </div>
      </div>
      <div>
        <Button component={Link} to="/account/keys" variant="default">
          {t('keys.done')}
        </Button>
      </div>
    </div>
  )
}

export function NewKeyPage() {
  const t = useT()
  const query = useQuery(scopesQuery)
  const [made, setMade] = useState<Made>()
  const { createApiKey, listScopes } = identity.operations
  const api = [
    { operation: listScopes, input: {} },
    { operation: createApiKey, input: { name: 'backup', scopes: ['account:read'], expiresInDays: 90 } },
  ]
  const crumbs = [{ label: t('keys.title'), to: '/account/keys' }]
  return (
    <Page title={t('keys.create')} crumbs={crumbs} api={api} isNarrow>
      {query.isPending ? <SkeletonRows count={5} heightPx={56} /> : null}
      {query.isError ? <FailedState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {made !== undefined ? (
        <MadeKey made={made} />
      ) : query.data === undefined ? null : (
        <KeyForm scopes={query.data.scopes} onMade={setMade} />
      )}
    </Page>
  )
}
