/** Webhooks: addresses that receive the events of the user's links. */
import { Button } from '@mantine/core'
import type { Webhook } from '@octet/contracts'
import { Problem } from '@octet/contracts'
import { links } from '@octet/contracts/links'
import { IconPlus, IconWebhook } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useHiddenIds } from '../../../shared/deferred.ts'
import { useForm } from '../../../shared/form.ts'
import { shortAddress, withScheme } from '../../../shared/format.ts'
import { useT } from '../../../shared/i18n.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailedState, FailureNotice, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import classes from '../places.module.css'
import { eventsOf, Secret, WebhookFields, WebhookStatus, type WebhookValues, webhookErrors } from './webhook-fields.tsx'
import { useCreateWebhook, webhooksQuery } from './webhooks.ts'

const empty: WebhookValues = { url: '', description: '', events: ['link.clicked'] }

function CreateForm({ onCreated, onClose }: { onCreated: (secret: string) => void; onClose: () => void }) {
  const t = useT()
  const createWebhook = useCreateWebhook()
  const form = useForm<WebhookValues>({
    initial: empty,
    validate: values => webhookErrors(values, t),
    blame: error => (error instanceof Problem && error.code === 'links.url-not-allowed' ? 'url' : undefined),
    textOf: error => problemLine(error, t),
    submit: async values => {
      const { secret } = await createWebhook.mutateAsync({
        url: withScheme(values.url),
        description: values.description.trim() || undefined,
        events: eventsOf(values),
      })
      onCreated(secret)
    },
  })
  return (
    <form className={classes.box} noValidate onSubmit={event => void form.onSubmit(event)}>
      <h2>{t('webhooks.create')}</h2>
      <FailureNotice error={form.failure} />
      <WebhookFields form={form} />
      <div className={classes.actions}>
        <Button type="submit" loading={form.isSubmitting}>
          {t('webhooks.create')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('action.close')}
        </Button>
      </div>
    </form>
  )
}

function WebhookCard({ webhook }: { webhook: Webhook }) {
  return (
    <li className={classes.card}>
      <div className={classes.cardHead}>
        <h2 className="truncate">
          <Link to="/links/webhooks/$id" params={{ id: webhook.id }}>
            {webhook.description || shortAddress(webhook.url)}
          </Link>
        </h2>
        <WebhookStatus webhook={webhook} />
      </div>
      <p className={classes.meta}>
        <span>{shortAddress(webhook.url)}</span>
        <span>{webhook.events.join(', ')}</span>
      </p>
    </li>
  )
}

function Webhooks() {
  const t = useT()
  const hidden = useHiddenIds()
  const query = useQuery(webhooksQuery)
  if (query.data === undefined) {
    if (query.isError) return <FailedState error={query.error} onRetry={() => void query.refetch()} />
    return <SkeletonRows count={2} heightPx={88} />
  }
  const shown = query.data.filter(({ id }) => !hidden.has(id))
  if (shown.length === 0) {
    return (
      <StateBox
        icon={<IconWebhook size={32} stroke={1.5} />}
        title={t('webhooks.none')}
        text={t('webhooks.none-hint')}
      />
    )
  }
  return (
    <ul className={classes.cards} aria-label={t('webhooks.title')}>
      {shown.map(webhook => (
        <WebhookCard key={webhook.id} webhook={webhook} />
      ))}
    </ul>
  )
}

export function WebhooksPage() {
  const t = useT()
  const [isCreating, setCreating] = useState(false)
  const [secret, setSecret] = useState<string>()
  const { listWebhooks, createWebhook } = links.operations
  const api = [
    { operation: listWebhooks, input: {} },
    { operation: createWebhook, input: { url: 'https://example.org/hooks/links', events: ['link.clicked'] } },
  ]
  const add = (
    <Button leftSection={<IconPlus size={18} stroke={1.75} />} disabled={isCreating} onClick={() => setCreating(true)}>
      {t('webhooks.create')}
    </Button>
  )
  return (
    <Page
      title={t('webhooks.title')}
      lead={t('webhooks.lead')}
      crumbs={[{ label: t('links.mine'), to: '/links' }]}
      actions={isCreating ? null : add}
      api={api}
    >
      <div className={classes.places}>
        {secret === undefined ? null : <Secret secret={secret} />}
        {isCreating ? (
          <CreateForm
            onCreated={created => {
              setSecret(created)
              setCreating(false)
            }}
            onClose={() => setCreating(false)}
          />
        ) : null}
        <Webhooks />
      </div>
    </Page>
  )
}
