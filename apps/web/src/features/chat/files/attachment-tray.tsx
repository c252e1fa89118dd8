/** The files of the message in the composer: progress, errors, and buttons to retry or remove. */
import { ActionIcon, Button } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { fileBytesMax } from '@octet/contracts/chat'
import { IconFile, IconX } from '@tabler/icons-react'
import { fileSize } from '../../../shared/file-size.ts'
import { type MessageKey, useLocale, useT } from '../../../shared/i18n.tsx'
import { useProblemText } from '../../../shared/ui/problem-text.ts'
import type { Attachment, Attachments, Refusal } from './attachments.ts'
import classes from './files.module.css'

/** A file that the server refused for its content would be refused again. */
function canRetry(error: unknown): boolean {
  return !(error instanceof Problem) || ![413, 415].includes(error.status)
}

function Failure({ error }: { error: unknown }) {
  const { title, detail } = useProblemText(error)
  return (
    <span className={classes.error} role="alert">
      {title} {detail}
    </span>
  )
}

const refusals: Readonly<Record<Refusal, MessageKey>> = {
  empty: 'chat.file-empty',
  'too-large': 'chat.file-too-large',
  unfinished: 'chat.file-unfinished',
}

function Refused({ why }: { why: Refusal }) {
  const t = useT()
  const { tag } = useLocale()
  const max = fileSize(fileBytesMax, tag)
  return (
    <span className={classes.error} role="alert">
      {t(refusals[why], { max })}
    </span>
  )
}

function Progress({ attachment }: { attachment: Attachment }) {
  const t = useT()
  const { tag } = useLocale()
  const { state, name, sizeBytes } = attachment
  const size = <span className="dimmed">{fileSize(sizeBytes, tag)}</span>
  if (state.kind === 'failed') return <Failure error={state.error} />
  if (state.kind === 'refused') return <Refused why={state.why} />
  if (state.kind === 'ready') return size
  const sentBytes = state.kind === 'sending' ? state.sentBytes : 0
  // After the last byte the server still checks the file.
  const isWaiting = state.kind !== 'sending' || sentBytes >= sizeBytes
  return (
    <>
      {size}
      <progress
        className={classes.progress}
        aria-label={t('chat.file-sending', { name })}
        max={sizeBytes}
        {...(isWaiting ? {} : { value: sentBytes })}
      />
    </>
  )
}

interface ItemProps extends Omit<AttachmentTrayProps, 'shown'> {
  readonly attachment: Attachment
}

function Item({ attachment, attachments, onRemoved }: ItemProps) {
  const t = useT()
  const { key, name, state } = attachment
  const picture = state.kind === 'ready' && state.info.hasThumbnail ? state.info : undefined
  return (
    <li className={classes.attachment} data-state={state.kind}>
      {picture === undefined ? (
        <IconFile size={24} stroke={1.5} aria-hidden="true" />
      ) : (
        <img src={`/chat/files/${picture.id}/thumbnail`} alt="" width={40} height={40} />
      )}
      <div className={classes.what}>
        <bdi className="truncate" title={name}>
          {name}
        </bdi>
        <Progress attachment={attachment} />
      </div>
      {state.kind === 'failed' && canRetry(state.error) ? (
        <Button size="xs" variant="default" onClick={() => attachments.retry(key)}>
          {t('action.retry')}
        </Button>
      ) : null}
      <ActionIcon
        aria-label={t('chat.file-remove', { name })}
        onClick={() => {
          attachments.remove(key)
          onRemoved()
        }}
      >
        <IconX size={16} stroke={1.75} />
      </ActionIcon>
    </li>
  )
}

export interface AttachmentTrayProps {
  readonly shown: readonly Attachment[]
  readonly attachments: Attachments
  /** Moves the focus, because its button is gone. */
  readonly onRemoved: () => void
}

export default function AttachmentTray({ shown, attachments, onRemoved }: AttachmentTrayProps) {
  const t = useT()
  const ready = shown.filter(({ state }) => state.kind === 'ready').length
  return (
    <>
      <ul className={classes.tray} aria-label={t('chat.files-added')}>
        {shown.map(each => (
          <Item key={each.key} attachment={each} attachments={attachments} onRemoved={onRemoved} />
        ))}
      </ul>
      <p className={ready === shown.length ? 'visually-hidden' : `${classes.status} dimmed`} role="status">
        {t('chat.files-ready', { ready, n: shown.length })}
      </p>
    </>
  )
}
