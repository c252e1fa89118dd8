/** One webhook: its state, its events, its secret, and every delivery. */
import { Button } from '@mantine/core'
import type { Webhook } from '@octet/contracts'
import { Problem } from '@octet/contracts'
import { links } from '@octet/contracts/links'
import { IconKey, IconSend, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { formatDateTime, shortAddress, withScheme } from '../../../shared/format.ts'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { NotFound } from '../../../shared/ui/not-found.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { SavedSwitch } from '../../../shared/ui/saved-switch.tsx'
import { FailedState, FailureNotice, Notice, SkeletonRows } from '../../../shared/ui/states.tsx'
import classes from '../places.module.css'
import { DeliveryLog } from './delivery-log.tsx'
import { eventsOf, Secret, WebhookFields, WebhookStatus, type WebhookValues, webhookErrors } from './webhook-fields.tsx'
import { useDeleteWebhook, usePing, useRotateSecret, useUpdateWebhook, webhooksQuery } from './webhooks.ts'

const valuesOf = ({ url, description, events }: Webhook): WebhookValues => ({ url, description, events })

function EditForm({ webhook }: { webhook: Webhook }) {
  const t = useT()
  const update = useUpdateWebhook(webhook)
  const form = useForm<WebhookValues>({
    initial: valuesOf(webhook),
    validate: values => webhookErrors(values, t),
    blame: error => (error instanceof Problem && error.code === 'links.url-not-allowed' ? 'url' : undefined),
    textOf: error => problemLine(error, t),
    submit: async values => {
      const { url, description } = values
      const saved = await update.mutateAsync({ url: withScheme(url), description, events: eventsOf(values) })
      form.reset(valuesOf(saved))
      showToast({ kind: 'done', message: t('webhooks.saved') })
    },
  })
  const isDirty = JSON.stringify(form.values) !== JSON.stringify(valuesOf(webhook))
  return (
    <form className={classes.box} noValidate onSubmit={event => void form.onSubmit(event)}>
      <FailureNotice error={form.failure} />
      <WebhookFields form={form} />
      <div className={classes.actions}>
        <Button type="submit" loading={form.isSubmitting} disabled={!isDirty}>
          {t('action.save')}
        </Button>
      </div>
    </form>
  )
}

function Switches({ webhook }: { webhook: Webhook }) {
  const { t, tag, timeZone } = useLocale()
  const update = useUpdateWebhook(webhook)
  const rotate = useRotateSecret(webhook.id)
  const [secret, setSecret] = useState<string>()
  const { oldSecretUntil, dropped } = webhook
  return (
    <>
      <FailureNotice error={update.error ?? rotate.error} />
      {dropped > 0 ? <Notice kind="warning">{t('webhooks.dropped', { n: dropped })}</Notice> : null}
      {secret === undefined ? null : <Secret secret={secret} />}
      <div className={classes.line}>
        <SavedSwitch
          className={classes.grow}
          label={t('webhooks.enabled')}
          isOn={webhook.isEnabled}
          save={isEnabled => update.mutateAsync({ isEnabled })}
        />
        <Button
          variant="default"
          leftSection={<IconKey size={18} stroke={1.75} />}
          loading={rotate.isPending}
          onClick={() => rotate.mutate(undefined, { onSuccess: answer => setSecret(answer.secret) })}
        >
          {t('webhooks.rotate')}
        </Button>
      </div>
      {oldSecretUntil === null ? null : (
        <p className="dimmed">{t('webhooks.old-secret', { until: formatDateTime(oldSecretUntil, tag, timeZone) })}</p>
      )}
    </>
  )
}

function Actions({ webhook, onDeleted }: { webhook: Webhook; onDeleted: () => void }) {
  const t = useT()
  const ping = usePing(webhook.id)
  const deleteWebhook = useDeleteWebhook()
  const send = () =>
    ping.mutate(undefined, {
      onSuccess: () => showToast({ kind: 'done', message: t('webhooks.pinged') }),
      onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
    })
  return (
    <>
      <Button
        leftSection={<IconSend size={18} stroke={1.75} />}
        loading={ping.isPending}
        disabled={!webhook.isEnabled}
        onClick={send}
      >
        {t('webhooks.ping')}
      </Button>
      <Button
        variant="default"
        leftSection={<IconTrash size={18} stroke={1.75} />}
        onClick={() => {
          deleteWebhook(webhook)
          onDeleted()
        }}
      >
        {t('action.delete')}
      </Button>
    </>
  )
}

function apiOf({ id, version }: Webhook) {
  const { updateWebhook, pingWebhook, listWebhookDeliveries, rotateWebhookSecret } = links.operations
  return [
    { operation: listWebhookDeliveries, input: { id } },
    { operation: pingWebhook, input: { id } },
    { operation: updateWebhook, input: { id, isEnabled: true }, ifMatch: version },
    { operation: rotateWebhookSecret, input: { id } },
  ]
}

const route = getRouteApi('/links/webhooks/$id')

export function WebhookPage() {
  const t = useT()
  const { id } = route.useParams()
  const navigate = route.useNavigate()
  const query = useQuery(webhooksQuery)
  const crumbs = [
    { label: t('links.mine'), to: '/links' },
    { label: t('webhooks.title'), to: '/links/webhooks' },
  ]
  if (query.data === undefined) {
    return (
      <Page title={t('webhooks.one')} crumbs={crumbs}>
        {query.isError ? (
          <FailedState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <SkeletonRows count={2} heightPx={160} />
        )}
      </Page>
    )
  }
  const webhook = query.data.find(each => each.id === id)
  if (webhook === undefined) return <NotFound />
  return (
    <Page
      title={webhook.description || shortAddress(webhook.url)}
      titleAside={<WebhookStatus webhook={webhook} />}
      crumbs={crumbs}
      actions={<Actions webhook={webhook} onDeleted={() => void navigate({ to: '/links/webhooks' })} />}
      api={apiOf(webhook)}
    >
      <div className={classes.places}>
        <Switches webhook={webhook} />
        <EditForm webhook={webhook} />
        <DeliveryLog webhookId={id} canSend={webhook.isEnabled} />
      </div>
    </Page>
  )
}
