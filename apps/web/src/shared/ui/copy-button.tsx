/** Copies a text and confirms it briefly, on the button and to screen readers. */
import { ActionIcon, Button } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { copyText } from '../clipboard.ts'
import { useT } from '../i18n.tsx'
import { showToast } from '../toasts.ts'

const confirmedMs = 2_000

export interface CopyButtonProps {
  readonly text: string
  /** Names the copied text, for people who cannot see what is next to the button. */
  readonly label: string
  /** Shows the word "Copy", not only the icon. */
  readonly isWide?: boolean
  readonly isFilled?: boolean
  readonly autoFocus?: boolean
}

export function CopyButton({ text, label, isWide, isFilled, autoFocus }: CopyButtonProps) {
  const t = useT()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), confirmedMs)
    return () => clearTimeout(timer)
  }, [isCopied])

  async function copy(): Promise<void> {
    if (await copyText(text)) setCopied(true)
    else showToast({ kind: 'failed', message: t('copy.failed') })
  }

  const icon = isCopied ? <IconCheck size={18} stroke={1.75} /> : <IconCopy size={18} stroke={1.75} />
  const said = <output className="visually-hidden">{isCopied ? t('copy.done') : ''}</output>
  if (isWide) {
    return (
      <>
        <Button
          leftSection={icon}
          variant={isFilled ? 'filled' : 'default'}
          onClick={() => void copy()}
          aria-label={label}
          data-autofocus={autoFocus || undefined}
          autoFocus={autoFocus ?? false}
        >
          {isCopied ? t('copy.done') : t('copy.action')}
        </Button>
        {said}
      </>
    )
  }
  return (
    <>
      <ActionIcon onClick={() => void copy()} aria-label={label} title={isCopied ? t('copy.done') : t('copy.action')}>
        {icon}
      </ActionIcon>
      {said}
    </>
  )
}
