/** Reports about users and content, for moderators. */
import { Badge, Button, SegmentedControl } from '@mantine/core'
import { identity } from '@octet/contracts/identity'
import { IconFlag } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { useSession } from '../../../shared/session.ts'
import { Page } from '../../../shared/ui/page.tsx'
import { ForbiddenState, StateBox } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { PagedList } from '../paged.tsx'
import { type Report, type ReportState, reportsQuery } from './reports.ts'

const ResolveDialog = lazy(() => import('./resolve-dialog.tsx'))

function ReportRow({ report, onResolve }: { report: Report; onResolve: () => void }) {
  const t = useT()
  const { subject, reporter, reason, note, createdAt, resolvedAt, outcome, resolution } = report
  const name = subject.username
  return (
    <>
      <div className={classes.itemText}>
        <Link to="/people/$username" params={{ username: name }}>
          <strong>@{name}</strong>
        </Link>{' '}
        <Badge variant="light">{t(`report.${reason}`)}</Badge>
        {note === '' ? null : <p className={classes.note}>{note}</p>}
        <div className={classes.meta}>
          {reporter === null ? t('reports.by-nobody') : t('reports.by', { name: `@${reporter.username}` })} ·{' '}
          <When time={createdAt} />
        </div>
        {resolvedAt === null || outcome === null ? null : (
          <div className={classes.meta}>
            {t(`reports.outcome-${outcome}`)}: {resolution} · <When time={resolvedAt} />
          </div>
        )}
      </div>
      {resolvedAt === null ? (
        <Button variant="default" aria-label={t('reports.resolve-name', { name })} onClick={onResolve}>
          {t('reports.resolve')}
        </Button>
      ) : null}
    </>
  )
}

function ReportList({ state }: { state: ReportState }) {
  const t = useT()
  const query = useInfiniteQuery(reportsQuery(state))
  const [resolved, setResolved] = useState<Report>()
  return (
    <>
      <PagedList
        query={query}
        idOf={report => report.id}
        row={report => <ReportRow report={report} onResolve={() => setResolved(report)} />}
        empty={<StateBox icon={<IconFlag size={32} stroke={1.5} />} title={t(`reports.none-${state}`)} />}
        label={t('reports.title')}
      />
      {resolved === undefined ? null : (
        <Suspense>
          <ResolveDialog report={resolved} onClose={() => setResolved(undefined)} />
        </Suspense>
      )}
    </>
  )
}

export function ReportsPage() {
  const t = useT()
  const { can } = useSession()
  const [state, setState] = useState<ReportState>('open')
  const api = [{ operation: identity.operations.listReports, input: { state } }]
  if (!can('reports:handle')) {
    return (
      <Page title={t('reports.title')} isNarrow>
        <ForbiddenState />
      </Page>
    )
  }
  return (
    <Page title={t('reports.title')} lead={t('reports.lead')} api={api} isNarrow>
      <div className={classes.toolbar}>
        <SegmentedControl
          aria-label={t('reports.title')}
          value={state}
          onChange={value => setState(value as ReportState)}
          data={[
            { value: 'open', label: t('reports.open') },
            { value: 'resolved', label: t('reports.resolved') },
          ]}
        />
      </div>
      <ReportList state={state} />
    </Page>
  )
}
