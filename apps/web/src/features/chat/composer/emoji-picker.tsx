/** A small picker: search by a word, or browse the grid. It loads when it is first opened. */
import { TextInput } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { emojiList } from './emoji.ts'
import classes from './emoji-picker.module.css'

const columns = 8

function moveInGrid(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key]
  const buttons = [...event.currentTarget.querySelectorAll('button')]
  const at = buttons.indexOf(event.target as HTMLButtonElement)
  if (step === undefined || at < 0) return
  event.preventDefault()
  buttons[at + step]?.focus()
}

export default function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const t = useT()
  const [typed, setTyped] = useState('')
  const q = typed.trim().toLowerCase()
  const found = emojiList.filter(({ emoji, words }) => words.includes(q) || emoji === q)
  return (
    <div className={classes.picker}>
      <TextInput
        data-autofocus
        size="sm"
        aria-label={t('chat.emoji-find')}
        placeholder={t('chat.emoji-find')}
        value={typed}
        onChange={event => setTyped(event.currentTarget.value)}
        onKeyDown={event => {
          const [first] = found
          if (event.key !== 'Enter' || first === undefined) return
          event.preventDefault()
          onPick(first.emoji)
        }}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys only move between the buttons in it */}
      <div className={classes.grid} onKeyDown={moveInGrid}>
        {found.map(({ emoji, words }) => (
          <button
            key={emoji}
            type="button"
            title={words}
            aria-label={`${emoji} ${words}`}
            onClick={() => onPick(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
      {found.length === 0 ? <p className="dimmed">{t('palette.none')}</p> : null}
    </div>
  )
}
