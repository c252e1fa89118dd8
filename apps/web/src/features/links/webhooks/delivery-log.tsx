/** The deliveries of a webhook: request, answer, and a retry. */
import { Button, SegmentedControl } from '@mantine/core'
import type { WebhookDelivery, WebhookDeliveryDetails } from '@octet/contracts'
import { IconCircleCheck, IconCircleX, IconClockHour4, IconRefresh } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { MoreButton } from '../../../shared/ui/more-button.tsx'
import { FailedState, FailureNotice, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../places.module.css'
import { type DeliveryState, deliveriesQuery, deliveryQuery, useResend } from './webhooks.ts'

const kinds = {
  pending: { icon: IconClockHour4, kind: 'waiting', label: 'webhooks.pending' },
  delivered: { icon: IconCircleCheck, kind: 'good', label: 'webhooks.delivered' },
  failed: { icon: IconCircleX, kind: 'bad', label: 'webhooks.failed' },
} as const

function State({ state }: { state: DeliveryState }) {
  const t = useT()
  const { icon: Icon, kind, label } = kinds[state]
  return (
    <span className={classes.status} data-kind={kind}>
      <Icon size={16} stroke={1.75} aria-hidden="true" /> {t(label)}
    </span>
  )
}

/** JSON with indentation; any other text unchanged. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

function Block({ label, text }: { label: string; text: string }) {
  return (
    <>
      <h3>{label}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
    </>
  )
}

function Attempts({ log }: Pick<WebhookDeliveryDetails, 'log'>) {
  const { t } = useLocale()
  return log.map(({ attempt, at, durationMs, status, error, response }) => (
    <div key={attempt}>
      <p className={classes.meta}>
        <strong>{t('webhooks.attempt', { n: attempt })}</strong>
        <When time={at} />
        <span>{status === null ? (error ?? '') : t('webhooks.answered', { status })}</span>
        <span>{t('webhooks.took', { ms: durationMs })}</span>
      </p>
      {response === '' ? null : <Block label={t('webhooks.response')} text={response} />}
    </div>
  ))
}

function Details({ webhookId, deliveryId, canSend }: { webhookId: string; deliveryId: string; canSend: boolean }) {
  const t = useT()
  const query = useQuery(deliveryQuery(webhookId, deliveryId))
  const resend = useResend(webhookId)
  if (query.data === undefined) {
    if (query.isError) return <FailedState error={query.error} onRetry={() => void query.refetch()} />
    return <SkeletonRows count={1} heightPx={140} />
  }
  const send = () =>
    resend.mutate(deliveryId, { onSuccess: () => showToast({ kind: 'done', message: t('webhooks.resent') }) })
  return (
    <div className={classes.details}>
      <FailureNotice error={resend.error} />
      <Block label={t('webhooks.request')} text={readable(query.data.body)} />
      <Attempts log={query.data.log} />
      <div className={classes.actions}>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconRefresh size={16} stroke={1.75} />}
          loading={resend.isPending}
          disabled={!canSend}
          onClick={send}
        >
          {t('webhooks.resend')}
        </Button>
      </div>
    </div>
  )
}

function DeliveryRow({ delivery, ...rest }: { delivery: WebhookDelivery; webhookId: string; canSend: boolean }) {
  const t = useT()
  const detailsId = useId()
  const [isOpen, setOpen] = useState(false)
  return (
    <li className={classes.delivery}>
      <div className={classes.deliveryHead}>
        <State state={delivery.state} />
        <code>{delivery.event}</code>
        <span className="dimmed">
          <When time={delivery.createdAt} />
        </span>
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          aria-expanded={isOpen}
          aria-controls={detailsId}
          aria-label={t('webhooks.details-of', { event: delivery.event })}
          onClick={() => setOpen(!isOpen)}
        >
          {t('links.details')}
        </Button>
      </div>
      <div id={detailsId} hidden={!isOpen}>
        {isOpen ? <Details deliveryId={delivery.id} {...rest} /> : null}
      </div>
    </li>
  )
}

const filters = ['all', 'pending', 'delivered', 'failed'] as const

export function DeliveryLog({ webhookId, canSend }: { webhookId: string; canSend: boolean }) {
  const t = useT()
  const [state, setState] = useState<(typeof filters)[number]>('all')
  const query = useInfiniteQuery(deliveriesQuery(webhookId, state === 'all' ? undefined : state))
  const rows = query.data?.pages.flatMap(page => page.data) ?? []
  return (
    <section className={classes.cards} aria-labelledby="log-title">
      <div className={classes.cardHead}>
        <h2 id="log-title">{t('webhooks.log')}</h2>
        <SegmentedControl
          className={classes.end}
          size="xs"
          aria-label={t('webhooks.log-filter')}
          value={state}
          onChange={value => setState(value as typeof state)}
          data={filters.map(value => ({ value, label: t(value === 'all' ? 'webhooks.all' : kinds[value].label) }))}
        />
      </div>
      {query.isPending ? <SkeletonRows count={3} heightPx={48} /> : null}
      {query.isError && rows.length === 0 ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {query.isSuccess && rows.length === 0 ? (
        <StateBox title={t('webhooks.log-empty')} text={t('webhooks.log-empty-hint')} />
      ) : null}
      {rows.length === 0 ? null : (
        <ul className={classes.deliveries} aria-label={t('webhooks.log')}>
          {rows.map(delivery => (
            <DeliveryRow key={delivery.id} delivery={delivery} webhookId={webhookId} canSend={canSend} />
          ))}
        </ul>
      )}
      <MoreButton query={query} />
    </section>
  )
}
