/** The rules of a link in order: the first match decides. Buttons and Alt with the arrow keys move them. */

import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { type KeyboardEvent, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { limits } from '../limits.ts'
import classes from './routing.module.css'
import { moved, newKey, type RoutingErrors, type RuleValues } from './routing-values.ts'
import { RuleConditions } from './rule-conditions.tsx'

interface RuleCardProps {
  readonly rule: RuleValues
  readonly index: number
  readonly count: number
  readonly errors: RoutingErrors
  readonly onChange: (patch: Partial<RuleValues>) => void
  readonly onMove: (step: 1 | -1) => void
  readonly onRemove: () => void
}

function CardTools({ index, count, onMove, onRemove }: Omit<RuleCardProps, 'rule' | 'errors' | 'onChange'>) {
  const t = useT()
  const n = index + 1
  return (
    <div className={classes.tools}>
      <ActionIcon aria-label={t('routing.move-up', { n })} disabled={index === 0} onClick={() => onMove(-1)}>
        <IconArrowUp size={18} stroke={1.75} />
      </ActionIcon>
      <ActionIcon aria-label={t('routing.move-down', { n })} disabled={n === count} onClick={() => onMove(1)}>
        <IconArrowDown size={18} stroke={1.75} />
      </ActionIcon>
      <ActionIcon aria-label={t('routing.remove-rule', { n })} onClick={onRemove}>
        <IconTrash size={18} stroke={1.75} />
      </ActionIcon>
    </div>
  )
}

function RuleCard({ rule, errors, onChange, ...place }: RuleCardProps) {
  const t = useT()
  const { index, onMove } = place
  const errorOf = (field: string) => errors[`rules/${index}/${field}`]
  function onKeyDown(event: KeyboardEvent): void {
    const step = ({ ArrowUp: -1, ArrowDown: 1 } as const)[event.key]
    if (!event.altKey || step === undefined) return
    event.preventDefault()
    onMove(step)
  }
  return (
    <li
      className={classes.card}
      data-rule={rule.key}
      onKeyDown={onKeyDown}
      aria-label={t('routing.rule', { n: index + 1 })}
    >
      <div className={classes.cardHead}>
        <h3>{t('routing.rule', { n: index + 1 })}</h3>
        <CardTools {...place} />
      </div>
      <RuleConditions when={rule.when} onChange={when => onChange({ when })} errorOf={errorOf} />
      <TextInput
        label={t('routing.leads-to')}
        type="url"
        autoComplete="off"
        spellCheck={false}
        maxLength={limits.url.max}
        value={rule.url}
        error={errorOf('url')}
        onChange={event => onChange({ url: event.currentTarget.value })}
      />
      <div className={classes.pair}>
        <TextInput
          label={t('routing.rule-name')}
          description={t('routing.rule-name-hint')}
          autoComplete="off"
          maxLength={limits.ruleName.max}
          value={rule.name}
          error={errorOf('name')}
          onChange={event => onChange({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t('routing.app-url')}
          description={t('routing.app-url-hint')}
          autoComplete="off"
          spellCheck={false}
          maxLength={limits.url.max}
          value={rule.appUrl}
          error={errorOf('appUrl')}
          onChange={event => onChange({ appUrl: event.currentTarget.value })}
        />
      </div>
    </li>
  )
}

export interface RulesEditorProps {
  readonly rules: readonly RuleValues[]
  readonly errors: RoutingErrors
  readonly onChange: (rules: readonly RuleValues[]) => void
}

export function RulesEditor({ rules, errors, onChange }: RulesEditorProps) {
  const t = useT()
  const [said, say] = useState('')
  function move(index: number, step: 1 | -1): void {
    const next = moved(rules, index, step)
    if (next === rules) return
    onChange(next)
    say(t('routing.moved', { n: index + step + 1, of: rules.length }))
  }
  function add(): void {
    const key = newKey()
    onChange([...rules, { key, name: '', url: '', appUrl: '', when: {} }])
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-rule="${key}"] button[aria-haspopup]`)?.focus(),
    )
  }
  return (
    <section className={classes.section} aria-labelledby="rules-title">
      <div>
        <h2 id="rules-title">{t('routing.rules')}</h2>
        <p className="dimmed">{t('routing.rules-hint')}</p>
      </div>
      {rules.length === 0 ? null : (
        <ol className={classes.cards}>
          {rules.map((rule, index) => (
            <RuleCard
              key={rule.key}
              rule={rule}
              index={index}
              count={rules.length}
              errors={errors}
              onChange={patch => onChange(rules.with(index, { ...rule, ...patch }))}
              onMove={step => move(index, step)}
              onRemove={() => onChange(rules.toSpliced(index, 1))}
            />
          ))}
        </ol>
      )}
      <p className="visually-hidden" role="status">
        {said}
      </p>
      <Button
        className={classes.add}
        variant="default"
        leftSection={<IconPlus size={18} stroke={1.75} />}
        disabled={rules.length >= limits.rules.max}
        onClick={add}
      >
        {t('routing.add-rule')}
      </Button>
    </section>
  )
}
