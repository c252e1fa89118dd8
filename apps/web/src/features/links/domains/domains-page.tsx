/** The user's own hosts: claimed here, verified by a DNS record or a file, and released. */

import { Button, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { type Domain, links } from '@octet/contracts/links'
import { IconCircleCheck, IconClockHour4, IconTrash, IconWorld } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useForm } from '../../../shared/form.ts'
import { withScheme } from '../../../shared/format.ts'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { CopyButton } from '../../../shared/ui/copy-button.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailedState, FailureNotice, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import { limits } from '../limits.ts'
import { isAddress } from '../link-address.ts'
import classes from '../places.module.css'
import { domainsQuery, useAddDomain, useRemoveDomain, useUpdateDomain, useVerifyDomain } from './domains.ts'

const hostCodes = ['links.domain-exists', 'links.host-not-allowed']

function AddForm() {
  const t = useT()
  const addDomain = useAddDomain()
  const form = useForm({
    initial: { host: '' },
    validate: ({ host }) => ({ host: /\S\.\S/.test(host.trim()) ? undefined : t('domains.host-rule') }),
    blame: error => (error instanceof Problem && hostCodes.includes(error.code) ? 'host' : undefined),
    textOf: error => problemLine(error, t),
    submit: async ({ host }) => {
      await addDomain.mutateAsync({
        host: host
          .trim()
          .replace(/^https?:\/\//, '')
          .replace(/\/$/, ''),
      })
      form.reset({ host: '' })
    },
  })
  return (
    <form className={classes.box} noValidate onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      <div className={classes.line}>
        <TextInput
          {...form.text('host')}
          className={classes.grow}
          label={t('domains.host')}
          description={t('domains.host-hint')}
          placeholder="go.example.org"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={limits.host.max}
        />
        <Button type="submit" loading={form.isSubmitting}>
          {t('domains.add')}
        </Button>
      </div>
    </form>
  )
}

function Proof({ domain }: { domain: Domain }) {
  const t = useT()
  const verify = useVerifyDomain()
  const { txtName, fileUrl, value } = domain.verification
  const records = [
    { label: t('domains.txt-name'), text: txtName },
    { label: t('domains.txt-value'), text: value },
    { label: t('domains.file'), text: fileUrl },
  ]
  return (
    <div className={classes.proof}>
      <p>{t('domains.proof')}</p>
      <dl className={classes.records}>
        {records.map(({ label, text }) => (
          <div key={label} className={classes.record}>
            <dt>{label}</dt>
            <dd>
              <code>{text}</code>
              <CopyButton text={text} label={t('domains.copy', { what: label })} />
            </dd>
          </div>
        ))}
      </dl>
      <FailureNotice error={verify.error} />
      <Button loading={verify.isPending} onClick={() => verify.mutate(domain.id)}>
        {t('domains.verify')}
      </Button>
    </div>
  )
}

function Landing({ domain }: { domain: Domain }) {
  const t = useT()
  const updateDomain = useUpdateDomain()
  const initial = { landingUrl: domain.landingUrl ?? '' }
  const form = useForm({
    initial,
    validate: ({ landingUrl }) => ({
      landingUrl: landingUrl.trim() === '' || isAddress(landingUrl) ? undefined : t('links.url-rule'),
    }),
    blame: error => (error instanceof Problem && error.code === 'links.url-not-allowed' ? 'landingUrl' : undefined),
    textOf: error => problemLine(error, t),
    submit: async ({ landingUrl }) => {
      await updateDomain.mutateAsync({ id: domain.id, landingUrl: withScheme(landingUrl) || null })
      showToast({ kind: 'done', message: t('domains.saved') })
    },
  })
  const isDirty = form.values.landingUrl !== (domain.landingUrl ?? '')
  return (
    <form className={classes.line} noValidate onSubmit={event => void form.onSubmit(event)}>
      <TextInput
        {...form.text('landingUrl')}
        className={classes.grow}
        label={t('domains.landing')}
        description={t('domains.landing-hint')}
        type="url"
        autoComplete="off"
        spellCheck={false}
        maxLength={limits.landingUrl.max}
      />
      <Button type="submit" variant="default" loading={form.isSubmitting} disabled={!isDirty}>
        {t('action.save')}
      </Button>
    </form>
  )
}

function DomainCard({ domain }: { domain: Domain }) {
  const t = useT()
  const remove = useRemoveDomain()
  const isGood = domain.isVerified && domain.missingSince === null
  const Icon = isGood ? IconCircleCheck : IconClockHour4
  return (
    <li className={classes.card} aria-label={domain.host}>
      <div className={classes.cardHead}>
        <h2 className="truncate">{domain.host}</h2>
        <span className={classes.status} data-kind={isGood ? 'good' : 'waiting'}>
          <Icon size={16} stroke={1.75} aria-hidden="true" />
          {t(isGood ? 'domains.verified' : domain.isVerified ? 'domains.missing' : 'domains.unverified')}
        </span>
        <Button
          className={classes.end}
          variant="default"
          size="xs"
          leftSection={<IconTrash size={16} stroke={1.75} />}
          aria-label={t('domains.remove', { host: domain.host })}
          loading={remove.isPending}
          disabled={domain.links > 0}
          onClick={() => remove.mutate(domain.id)}
        >
          {t('domains.remove-word')}
        </Button>
      </div>
      <p className="dimmed">
        <Link to="/links" search={{ domain: domain.host }}>
          {t('organize.links', { n: domain.links })}
        </Link>
        {' · '}
        {t('domains.added')} <When time={domain.createdAt} />
        {domain.links > 0 ? ` · ${t('domains.in-use')}` : ''}
      </p>
      <FailureNotice error={remove.error} />
      {isGood ? null : <Proof domain={domain} />}
      {domain.isVerified ? <Landing domain={domain} /> : null}
    </li>
  )
}

function Domains() {
  const t = useT()
  const query = useQuery(domainsQuery)
  if (query.data === undefined) {
    if (query.isError) return <FailedState error={query.error} onRetry={() => void query.refetch()} />
    return <SkeletonRows count={2} heightPx={140} />
  }
  if (query.data.length === 0) {
    return (
      <StateBox icon={<IconWorld size={32} stroke={1.5} />} title={t('domains.none')} text={t('domains.none-hint')} />
    )
  }
  return (
    <>
      {query.isError ? <FailureNotice error={query.error} /> : null}
      <ul className={classes.cards} aria-label={t('domains.title')}>
        {query.data.map(domain => (
          <DomainCard key={domain.id} domain={domain} />
        ))}
      </ul>
    </>
  )
}

export function DomainsPage() {
  const t = useT()
  const { listDomains, addDomain, verifyDomain, removeDomain } = links.operations
  const api = [
    { operation: listDomains, input: {} },
    { operation: addDomain, input: { host: 'go.example.org' } },
    { operation: verifyDomain, input: { id: '…' } },
    { operation: removeDomain, input: { id: '…' } },
  ]
  return (
    <Page
      title={t('domains.title')}
      lead={t('domains.lead')}
      crumbs={[{ label: t('links.mine'), to: '/links' }]}
      api={api}
    >
      <div className={classes.places}>
        <AddForm />
        <Domains />
      </div>
    </Page>
  )
}
