/** The split test of a link: a visitor who matches no rule gets one of several addresses, always the same one. */

import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useLocale } from '../../../shared/i18n.tsx'
import { numberFormat } from '../../../shared/intl.ts'
import { limits } from '../limits.ts'
import classes from './routing.module.css'
import { newKey, type RoutingErrors, type VariantValues } from './routing-values.ts'

export interface SplitEditorProps {
  readonly variants: readonly VariantValues[]
  /** The default destination of the link; the first variant starts with it. */
  readonly url: string
  readonly errors: RoutingErrors
  readonly onChange: (variants: readonly VariantValues[]) => void
}

const letterOf = (index: number) => String.fromCharCode(65 + index)

function VariantRow({
  variant,
  index,
  share,
  errors,
  onChange,
  onRemove,
}: {
  variant: VariantValues
  index: number
  share: number
  errors: RoutingErrors
  onChange: (patch: Partial<VariantValues>) => void
  onRemove: () => void
}) {
  const { t, tag } = useLocale()
  const errorOf = (field: string) => errors[`variants/${index}/${field}`]
  const percent = numberFormat(tag, { style: 'percent', maximumFractionDigits: 1 }).format(share)
  return (
    <li className={classes.variant}>
      <TextInput
        label={t('routing.variant-name')}
        autoComplete="off"
        maxLength={limits.variantName.max}
        value={variant.name}
        error={errorOf('name')}
        onChange={event => onChange({ name: event.currentTarget.value })}
      />
      <TextInput
        className={classes.variantUrl}
        label={t('routing.leads-to')}
        type="url"
        autoComplete="off"
        spellCheck={false}
        maxLength={limits.url.max}
        value={variant.url}
        error={errorOf('url')}
        onChange={event => onChange({ url: event.currentTarget.value })}
      />
      <TextInput
        label={t('routing.weight', { percent })}
        inputMode="numeric"
        autoComplete="off"
        maxLength={String(limits.weight.max).length}
        value={variant.weight}
        error={errorOf('weight')}
        onChange={event => onChange({ weight: event.currentTarget.value })}
      />
      <ActionIcon
        className={classes.variantRemove}
        aria-label={t('routing.remove-variant', { name: variant.name })}
        onClick={onRemove}
      >
        <IconTrash size={18} stroke={1.75} />
      </ActionIcon>
    </li>
  )
}

export function SplitEditor({ variants, url, errors, onChange }: SplitEditorProps) {
  const { t } = useLocale()
  const weightOf = ({ weight }: VariantValues) => Math.max(0, Number.parseInt(weight, 10) || 0)
  const total = Math.max(
    1,
    variants.reduce((sum, variant) => sum + weightOf(variant), 0),
  )
  function add(): void {
    const next = (index: number, to: string) => ({ key: newKey(), name: letterOf(index), url: to, weight: '50' })
    // A single variant is not a test.
    onChange(variants.length === 0 ? [next(0, url), next(1, '')] : [...variants, next(variants.length, '')])
  }
  return (
    <section className={classes.section} aria-labelledby="split-title">
      <div>
        <h2 id="split-title">{t('routing.split')}</h2>
        <p className="dimmed">{t('routing.split-hint')}</p>
      </div>
      {variants.length === 0 ? null : (
        <ul className={classes.cards}>
          {variants.map((variant, index) => (
            <VariantRow
              key={variant.key}
              variant={variant}
              index={index}
              share={weightOf(variant) / total}
              errors={errors}
              onChange={patch => onChange(variants.with(index, { ...variant, ...patch }))}
              onRemove={() => onChange(variants.length === 2 ? [] : variants.toSpliced(index, 1))}
            />
          ))}
        </ul>
      )}
      {errors.variants === undefined ? null : (
        <p className={classes.error} role="alert">
          {errors.variants}
        </p>
      )}
      <Button
        className={classes.add}
        variant="default"
        leftSection={<IconPlus size={18} stroke={1.75} />}
        disabled={variants.length >= limits.variants.max}
        onClick={add}
      >
        {t(variants.length === 0 ? 'routing.start-split' : 'routing.add-variant')}
      </Button>
    </section>
  )
}
