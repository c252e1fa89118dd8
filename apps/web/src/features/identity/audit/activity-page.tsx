/** The account's audit log as sentences, newest first. */
import { Badge } from '@mantine/core'
import { identity } from '@octet/contracts/identity'
import { IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import type { MessageValues } from '../../../shared/icu.ts'
import { Page } from '../../../shared/ui/page.tsx'
import { FailureNotice, Notice, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { PagedList } from '../paged.tsx'
import { agentOf } from '../user-agent.ts'
import { type AuditEntry, auditQuery, verificationQuery } from './audit.ts'

/** The values that sentences may mention; entries of older versions have fewer. */
const unsaid: MessageValues = {
  ...{ name: '', reason: '', provider: '', outcome: '', before: '', after: '', kind: 'web' },
  ...{ sessions: 0, sessionsEnded: 0, attempts: 0, factors: 1 },
}

function valuesOf(details: AuditEntry['details']): MessageValues {
  const told = Object.entries(details).map(([name, value]) => [
    name,
    typeof value === 'boolean' ? String(value) : value,
  ])
  return { ...unsaid, ...Object.fromEntries(told) }
}

function EntryRow({ entry }: { entry: AuditEntry }) {
  const t = useT()
  const { browser, system } = agentOf(entry.userAgent)
  const device = browser === '' ? '' : t('devices.name', { browser, system: system ?? 'none' })
  const where = [device, entry.address].filter(part => part !== '').join(' · ')
  return (
    <div className={classes.itemText}>
      {t(`audit.${entry.action}`, valuesOf(entry.details))}{' '}
      {entry.by === 'self' ? null : <Badge variant="light">{t(`audit.by-${entry.by}`)}</Badge>}
      <div className={classes.meta}>
        <When time={entry.at} />
        {where === '' ? null : ` · ${where}`}
      </div>
    </div>
  )
}

function Verification() {
  const t = useT()
  const { data, error, isPending } = useQuery(verificationQuery)
  if (isPending) return <SkeletonRows count={1} heightPx={38} />
  if (data === undefined) return <FailureNotice error={error} />
  if (data.intact) return <Notice kind="success">{t('audit.intact', { n: data.entries })}</Notice>
  return <Notice kind="error">{t('audit.broken', { n: data.brokenAt ?? 0 })}</Notice>
}

export function ActivityPage() {
  const t = useT()
  const query = useInfiniteQuery(auditQuery)
  const { listAudit, verifyAudit } = identity.operations
  const api = [
    { operation: listAudit, input: {} },
    { operation: verifyAudit, input: {} },
  ]
  return (
    <Page title={t('audit.title')} lead={t('audit.lead')} api={api} isNarrow>
      <div className={classes.section}>
        <Verification />
        <PagedList
          query={query}
          idOf={entry => String(entry.seq)}
          row={entry => <EntryRow entry={entry} />}
          empty={<StateBox icon={<IconHistory size={32} stroke={1.5} />} title={t('audit.none')} />}
          label={t('audit.title')}
        />
      </div>
    </Page>
  )
}
