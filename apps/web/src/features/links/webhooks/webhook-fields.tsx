/** The fields of a webhook, for the create and the edit form, and its state in words. */

import { Checkbox, TextInput } from '@mantine/core'
import type { Webhook } from '@octet/contracts'
import type { WebhookEvent } from '@octet/contracts/links'
import { IconAlertTriangle, IconCircleCheck, IconPlayerPause } from '@tabler/icons-react'
import type { useForm } from '../../../shared/form.ts'
import { type MessageKey, type Translate, useT } from '../../../shared/i18n.tsx'
import { CopyButton } from '../../../shared/ui/copy-button.tsx'
import { Notice } from '../../../shared/ui/states.tsx'
import { limits } from '../limits.ts'
import { isAddress } from '../link-address.ts'
import classes from '../places.module.css'
import { webhookEvents } from './webhooks.ts'

export interface WebhookValues {
  readonly url: string
  readonly description: string
  readonly events: readonly string[]
}

export function webhookErrors({ url, events }: WebhookValues, t: Translate) {
  return {
    url: isAddress(url) ? undefined : t('links.url-rule'),
    events: events.length === 0 ? t('webhooks.events-missing') : undefined,
  }
}

/** The checkboxes only hold these values. */
export const eventsOf = ({ events }: WebhookValues) => [...events] as WebhookEvent[]

const eventLabels: Readonly<Record<WebhookEvent, MessageKey>> = {
  'link.created': 'webhooks.event-created',
  'link.updated': 'webhooks.event-updated',
  'link.deleted': 'webhooks.event-deleted',
  'link.clicked': 'webhooks.event-clicked',
  'link.expired': 'webhooks.event-expired',
}

export function WebhookFields({ form }: { form: ReturnType<typeof useForm<WebhookValues>> }) {
  const t = useT()
  return (
    <>
      <TextInput
        {...form.text('url')}
        label={t('webhooks.url')}
        description={t('webhooks.url-hint')}
        type="url"
        placeholder="https://example.org/hooks/links"
        autoComplete="off"
        spellCheck={false}
        maxLength={limits.webhookUrl.max}
      />
      <TextInput
        {...form.text('description')}
        label={t('webhooks.description')}
        autoComplete="off"
        maxLength={limits.webhookDescription.max}
      />
      <Checkbox.Group
        label={t('webhooks.events')}
        value={[...form.values.events]}
        error={form.errors.events}
        onChange={events => form.change({ events })}
      >
        <div className={classes.eventList}>
          {webhookEvents.map(event => (
            <Checkbox key={event} value={event} label={t(eventLabels[event])} />
          ))}
        </div>
      </Checkbox.Group>
    </>
  )
}

/** Shown only once: it cannot be read again. */
export function Secret({ secret }: { secret: string }) {
  const t = useT()
  return (
    <Notice kind="success" action={<CopyButton text={secret} label={t('webhooks.secret-copy')} isWide />}>
      <p>{t('webhooks.secret-once')}</p>
      <code>{secret}</code>
    </Notice>
  )
}

const reasons = {
  owner: 'webhooks.off-owner',
  gone: 'webhooks.off-gone',
  failing: 'webhooks.off-failing',
} as const

export function WebhookStatus({ webhook }: { webhook: Webhook }) {
  const t = useT()
  const { isEnabled, disabledReason, failingSince } = webhook
  if (!isEnabled) {
    return (
      <span className={classes.status} data-kind={disabledReason === 'owner' ? undefined : 'bad'}>
        <IconPlayerPause size={16} stroke={1.75} aria-hidden="true" /> {t(reasons[disabledReason ?? 'owner'])}
      </span>
    )
  }
  const Icon = failingSince === null ? IconCircleCheck : IconAlertTriangle
  return (
    <span className={classes.status} data-kind={failingSince === null ? 'good' : 'waiting'}>
      <Icon size={16} stroke={1.75} aria-hidden="true" />
      {t(failingSince === null ? 'webhooks.on' : 'webhooks.failing')}
    </span>
  )
}
