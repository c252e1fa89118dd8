/**
 * The palette: commands and things in one box. It is a combobox over a listbox, so that a screen reader announces the
 * selection of the arrow keys. Recently used entries come first.
 */
import { Kbd, Modal } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type Icon, IconArrowRight, IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { useT } from '../shared/i18n.tsx'
import { keysText, useShell } from '../shared/shell.ts'
import { useThings } from './apps.ts'
import classes from './palette.module.css'
import { rememberUsed, usedLately } from './palette-recent.ts'

interface Choice {
  readonly id: string
  readonly label: string
  readonly detail?: string
  readonly keys?: string | undefined
  readonly icon: Icon
  readonly run: () => void
}

/** Every word of the query must begin a word of the label or appear in it. */
function matches(label: string, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return words.every(word => label.toLowerCase().includes(word))
}

function useChoices(query: string, onClose: () => void): readonly Choice[] {
  const t = useT()
  const { commands, run } = useShell()
  const navigate = useNavigate()
  const [settled] = useDebouncedValue(query, 150)
  const things = useThings(settled)
  const recent = usedLately()
  const rank = (id: string) => (recent.includes(id) ? recent.indexOf(id) : recent.length)
  const commandChoices = commands
    .filter(command => command.id !== 'palette' && matches(t(command.label), query))
    .toSorted((a, b) => rank(a.id) - rank(b.id))
    .map(command => ({
      id: command.id,
      label: t(command.label),
      keys: keysText(command),
      icon: command.icon,
      run: () => {
        rememberUsed(command.id)
        onClose()
        run(command)
      },
    }))
  const thingChoices = things.map(({ id, label, detail, to }) => ({
    id,
    label,
    detail,
    icon: IconArrowRight,
    run: () => {
      onClose()
      void navigate({ to })
    },
  }))
  return query.trim().length >= 2 ? [...commandChoices, ...thingChoices] : commandChoices
}

function ChoiceList({ choices, active }: { choices: readonly Choice[]; active: number }) {
  const t = useT()
  useEffect(() => {
    document.getElementById(`palette-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <div className={classes.list} role="listbox" id="palette-list" aria-label={t('palette.results')}>
      {choices.map((choice, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox that owns the list handles the keys
        <div
          key={choice.id}
          id={`palette-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className={classes.choice}
          onClick={choice.run}
        >
          <choice.icon size={18} stroke={1.75} aria-hidden="true" />
          <span className={classes.label}>{choice.label}</span>
          {choice.detail === undefined ? null : <span className={`${classes.detail} truncate`}>{choice.detail}</span>}
          {choice.keys === undefined ? null : <Kbd size="xs">{choice.keys}</Kbd>}
        </div>
      ))}
    </div>
  )
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const t = useT()
  const [query, setQuery] = useState('')
  const [wanted, setWanted] = useState(0)
  const choices = useChoices(query, onClose)
  const active = Math.min(wanted, Math.max(0, choices.length - 1))

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return
    const count = Math.max(1, choices.length)
    const target = { ArrowDown: (active + 1) % count, ArrowUp: (active - 1 + count) % count }[event.key]
    if (target !== undefined) setWanted(target)
    else if (event.key === 'Enter') choices[active]?.run()
    else return
    event.preventDefault()
  }
  return (
    <>
      <div className={classes.search}>
        <IconSearch size={20} stroke={1.75} aria-hidden="true" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={choices.length > 0 ? `palette-${active}` : undefined}
          aria-label={t('palette.label')}
          placeholder={t('palette.placeholder')}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={query}
          onKeyDown={onKeyDown}
          onChange={event => {
            setQuery(event.currentTarget.value)
            setWanted(0)
          }}
        />
      </div>
      <ChoiceList choices={choices} active={active} />
      <p className={classes.none} role="status">
        {choices.length === 0 ? t('palette.none') : ''}
      </p>
    </>
  )
}

export default function Palette({ onClose }: { onClose: () => void }) {
  const t = useT()
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      centered={false}
      yOffset="12vh"
      padding={0}
      size={600}
      attributes={{ content: { 'aria-label': t('command.palette') } }}
    >
      <PaletteBody onClose={onClose} />
    </Modal>
  )
}
