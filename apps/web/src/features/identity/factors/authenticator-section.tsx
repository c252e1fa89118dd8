/** The second step by an authenticator app: its setup, and recovery codes in case the app is lost. */

import { Badge, Button, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { lazy, Suspense, useState } from 'react'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { CopyButton } from '../../../shared/ui/copy-button.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailureNotice, Notice, SkeletonRows } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import classes from '../account.module.css'
import { limits } from '../limits.ts'
import { AskDialog } from './ask-dialog.tsx'
import type { Security } from './get-security.ts'
import { useConfirmTotp, useMakeRecoveryCodes, useRemoveTotp, useStartTotp } from './totp.ts'

const QrCode = lazy(() => import('./qr-code.tsx'))

type ShowCodes = (codes: readonly string[]) => void

interface SetUpProps {
  readonly secret: string
  readonly uri: string
  readonly onCodes: ShowCodes
  readonly onCancel: () => void
}

function SetUp({ secret, uri, onCodes, onCancel }: SetUpProps) {
  const t = useT()
  const confirm = useConfirmTotp()
  const form = useForm({
    initial: { code: '' },
    validate: ({ code }) => ({ code: /^\d{3} ?\d{3}$/.test(code.trim()) ? undefined : t('proof.code-rule') }),
    blame: error => (error instanceof Problem && error.code === 'identity.second-factor-wrong' ? 'code' : undefined),
    textOf: error => problemLine(error, t),
    submit: async ({ code }) => onCodes((await confirm.mutateAsync(code.trim())).recoveryCodes),
  })
  return (
    <form className={classes.setUp} noValidate onSubmit={event => void form.onSubmit(event)}>
      <Suspense fallback={<SkeletonRows count={1} heightPx={200} />}>
        <QrCode text={uri} label={t('totp.qr')} />
      </Suspense>
      <div className={classes.section}>
        <p>{t('totp.scan')}</p>
        <div>
          <span className={classes.meta}>{t('totp.secret')}</span>
          <div className={classes.secret}>
            <code>{secret.match(/.{1,4}/g)?.join(' ')}</code>
            <CopyButton text={secret} label={t('totp.copy-secret')} />
          </div>
        </div>
        <FailureNotice error={form.failure} />
        <TextInput
          {...form.text('code')}
          label={t('proof.totp')}
          description={t('totp.code-hint')}
          autoComplete="one-time-code"
          inputMode="numeric"
          maxLength={limits.totpCode.max}
          required
          withAsterisk={false}
          autoFocus
        />
        <div className={classes.row}>
          <Button type="submit" loading={form.isSubmitting}>
            {t('totp.turn-on')}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {t('action.cancel')}
          </Button>
        </div>
      </div>
    </form>
  )
}

function Off({ onCodes }: { onCodes: ShowCodes }) {
  const t = useT()
  const start = useStartTotp()
  if (start.data !== undefined) return <SetUp {...start.data} onCodes={onCodes} onCancel={start.reset} />
  return (
    <>
      <p className="dimmed">{t('totp.about')}</p>
      <FailureNotice error={start.error} />
      <div>
        <Button loading={start.isPending} onClick={() => start.mutate(undefined)}>
          {t('totp.set-up')}
        </Button>
      </div>
    </>
  )
}

function On({ since }: { since: string }) {
  const t = useT()
  const remove = useRemoveTotp()
  const [isAsking, setAsking] = useState(false)
  async function turnOff(): Promise<void> {
    await remove.mutateAsync(undefined)
    showToast({ kind: 'done', message: t('totp.turned-off') })
  }
  return (
    <div className={classes.item}>
      <div className={classes.itemText}>
        <strong>{t('totp.title')}</strong> <Badge variant="light">{t('totp.on')}</Badge>
        <div className={classes.meta}>
          {t('totp.since')} <When time={since} />
        </div>
      </div>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('totp.turn-off')}
      </Button>
      {isAsking ? (
        <AskDialog
          title={t('totp.turn-off-title')}
          label={t('totp.turn-off')}
          isDangerous
          run={turnOff}
          onClose={() => setAsking(false)}
        >
          <p>{t('totp.turn-off-text')}</p>
        </AskDialog>
      ) : null}
    </div>
  )
}

const fewCodes = 3

function Recovery({ left, onCodes }: { left: number; onCodes: ShowCodes }) {
  const t = useT()
  const make = useMakeRecoveryCodes()
  const [isAsking, setAsking] = useState(false)
  return (
    <div className={classes.item}>
      <div className={classes.itemText}>
        <strong>{t('recovery.title')}</strong>
        <div className={classes.meta}>{t('recovery.left', { n: left })}</div>
      </div>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('recovery.make')}
      </Button>
      {left < fewCodes ? <Notice kind="warning">{t('recovery.few')}</Notice> : null}
      {isAsking ? (
        <AskDialog
          title={t('recovery.make')}
          label={t('recovery.make')}
          run={async () => onCodes((await make.mutateAsync(undefined)).recoveryCodes)}
          onClose={() => setAsking(false)}
        >
          <p>{t('recovery.make-text')}</p>
        </AskDialog>
      ) : null}
    </div>
  )
}

export function AuthenticatorSection({ security, onCodes }: { security: Security; onCodes: ShowCodes }) {
  const t = useT()
  return (
    <section className={classes.section}>
      <h2>{t('totp.section')}</h2>
      {security.totpSince === null ? <Off onCodes={onCodes} /> : null}
      {security.twoStep ? (
        <div className={classes.list}>
          {security.totpSince === null ? null : <On since={security.totpSince} />}
          <Recovery left={security.recoveryCodesLeft} onCodes={onCodes} />
        </div>
      ) : null}
    </section>
  )
}
