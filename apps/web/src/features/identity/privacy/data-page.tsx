/** The user's data: its export, and the deletion of the account. */

import { Badge, Button, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { identity } from '@octet/contracts/identity'
import { IconFileZip } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { fileSize } from '../../../shared/file-size.ts'
import { useForm } from '../../../shared/form.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { useUser } from '../../../shared/session.ts'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailedState, FailureNotice, SkeletonRows } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { identityApi } from '../api.ts'
import { authFormClass } from '../auth-card.tsx'
import { leave } from '../enter.ts'
import { limits } from '../limits.ts'
import { type DataExport, exportsQuery, isUnderWay, useExportLink, useRequestExport } from './exports.ts'

function ExportRow({ dataExport }: { dataExport: DataExport }) {
  const { t, tag } = useLocale()
  const link = useExportLink()
  const { id, state, requestedAt, expiresAt, sizeBytes } = dataExport
  return (
    <li className={classes.item}>
      <span className={classes.itemIcon}>
        <IconFileZip size={24} stroke={1.5} aria-hidden="true" />
      </span>
      <div className={classes.itemText}>
        <strong>{t('export.archive')}</strong> <Badge variant="light">{t(`export.${state}`)}</Badge>
        <div className={classes.meta}>
          {t('export.asked')} <When time={requestedAt} />
          {sizeBytes === null ? null : ` · ${fileSize(sizeBytes, tag)}`}
          {state === 'ready' ? (
            <>
              {' '}
              · {t('export.kept')} <When time={expiresAt} />
            </>
          ) : null}
        </div>
        <FailureNotice error={link.error} />
      </div>
      {state === 'ready' ? (
        <Button variant="default" loading={link.isPending} onClick={() => link.mutate(id)}>
          {t('export.download')}
        </Button>
      ) : null}
    </li>
  )
}

function Exports() {
  const t = useT()
  const query = useQuery(exportsQuery)
  const request = useRequestExport()
  const exports = query.data?.data ?? []
  const isBusy = exports.some(isUnderWay)
  return (
    <section className={classes.section}>
      <h2>{t('export.section')}</h2>
      <p className="dimmed">{t('export.about')}</p>
      <FailureNotice error={request.error} />
      <div>
        <Button loading={request.isPending} disabled={isBusy} onClick={() => request.mutate(undefined)}>
          {t('export.request')}
        </Button>
      </div>
      <output>{isBusy ? t('export.wait') : ''}</output>
      {query.isPending ? <SkeletonRows count={1} heightPx={64} /> : null}
      {query.isError && query.data === undefined ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {exports.length === 0 ? null : (
        <ul className={classes.list} aria-label={t('export.section')}>
          {exports.map(each => (
            <ExportRow key={each.id} dataExport={each} />
          ))}
        </ul>
      )}
    </section>
  )
}

/** Signs out here, and shows the date until which signing in cancels the deletion. */
function useGoodbye(): (until: string) => Promise<void> {
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  return async until => {
    // First the public page: without an account, this page would redirect to sign-in.
    await navigate({ to: '/goodbye', search: { until } })
    leave(queryClient)
  }
}

function DeleteDialog({ onClose }: { onClose: () => void }) {
  const t = useT()
  const sayGoodbye = useGoodbye()
  const { username } = useUser()
  const form = useForm({
    initial: { username: '' },
    validate: values => ({
      username: values.username.trim().toLowerCase() === username.toLowerCase() ? undefined : t('erase.mismatch'),
    }),
    blame: error => (error instanceof Problem && error.code === 'identity.username-wrong' ? 'username' : undefined),
    textOf: error => problemLine(error, t),
    submit: async values => {
      const { erasesAt } = await identityApi.requestErasure({ username: values.username.trim() })
      await sayGoodbye(erasesAt)
    },
  })
  return (
    <Dialog opened onClose={onClose} title={t('erase.title')}>
      <form className={authFormClass} noValidate onSubmit={event => void form.onSubmit(event)}>
        <p>{t('erase.what')}</p>
        <p>{t('erase.grace')}</p>
        <FailureNotice error={form.failure} />
        <TextInput
          {...form.text('username')}
          label={t('erase.type', { username })}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={limits.username.max}
          data-autofocus
        />
        <div className={classes.row}>
          <Button type="submit" color="red" loading={form.isSubmitting}>
            {t('erase.submit')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

export function DataPage() {
  const t = useT()
  const [isAsking, setAsking] = useState(false)
  const { requestExport, listExports } = identity.operations
  const api = [
    { operation: requestExport, input: {} },
    { operation: listExports, input: {} },
  ]
  return (
    <Page title={t('data.title')} lead={t('data.lead')} api={api} isNarrow>
      <div className={classes.sections}>
        <Exports />
        <section className={classes.section}>
          <h2>{t('erase.title')}</h2>
          <p className="dimmed">{t('erase.about')}</p>
          <div>
            <Button variant="default" onClick={() => setAsking(true)} aria-haspopup="dialog">
              {t('erase.open')}
            </Button>
          </div>
        </section>
      </div>
      {isAsking ? <DeleteDialog onClose={() => setAsking(false)} /> : null}
    </Page>
  )
}
