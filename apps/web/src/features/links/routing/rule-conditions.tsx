/** The conditions of one rule; only those that were added are shown. */
import { ActionIcon, Button, Menu, MultiSelect, TextInput } from '@mantine/core'
import { deviceKinds, systemNames } from '@octet/contracts/links'
import { IconPlus, IconX } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { type MessageKey, useLocale } from '../../../shared/i18n.tsx'
import { TagsField } from '../../../shared/ui/tags-field.tsx'
import { countryName } from '../statistics/breakdowns.tsx'
import { countryCodes } from './countries.ts'
import classes from './routing.module.css'
import { type ConditionKind, type Conditions, conditionKinds } from './routing-values.ts'

const labels: Readonly<Record<ConditionKind, MessageKey>> = {
  countries: 'routing.countries',
  devices: 'routing.devices',
  systems: 'routing.systems',
  languages: 'routing.languages',
  from: 'routing.from',
  until: 'routing.until',
  query: 'routing.query',
}

const deviceLabels = {
  desktop: 'device.desktop',
  mobile: 'device.mobile',
  tablet: 'device.tablet',
  tv: 'device.tv',
  other: 'stats.other',
} as const

export interface ConditionsProps {
  readonly when: Conditions
  readonly onChange: (when: Conditions) => void
  readonly errorOf: (field: string) => string | undefined
}

function useChoices() {
  const { t, tag } = useLocale()
  return useMemo(() => {
    const byName = new Intl.Collator(tag)
    return {
      countries: countryCodes
        .map(value => ({ value, label: countryName(value, tag) }))
        .toSorted((a, b) => byName.compare(a.label, b.label)),
      devices: deviceKinds.map(value => ({ value, label: t(deviceLabels[value]) })),
      systems: systemNames.map(value => ({ value, label: value === 'other' ? t('stats.other') : value })),
    }
  }, [t, tag])
}

function Field({ kind, when, onChange, errorOf }: ConditionsProps & { kind: ConditionKind }) {
  const { t, timeZone } = useLocale()
  const choices = useChoices()
  const common = { label: t(labels[kind]), error: errorOf(kind), className: classes.conditionField }
  const change = (value: Conditions[ConditionKind]) => onChange({ ...when, [kind]: value })
  switch (kind) {
    case 'countries':
    case 'devices':
    case 'systems':
      return (
        <MultiSelect
          {...common}
          data={choices[kind]}
          value={[...(when[kind] ?? [])]}
          onChange={change}
          searchable={kind === 'countries'}
          limit={50}
          maxValues={kind === 'countries' ? 50 : 7}
          nothingFoundMessage={t('palette.none')}
          hidePickedOptions
        />
      )
    case 'languages':
    case 'query':
      return (
        <TagsField
          {...common}
          description={t(kind === 'query' ? 'routing.query-hint' : 'routing.languages-hint')}
          value={[...(when[kind] ?? [])]}
          onChange={change}
          maxTags={kind === 'query' ? 5 : 20}
        />
      )
    case 'from':
    case 'until':
      return (
        <TextInput
          {...common}
          type="datetime-local"
          description={t('links.expires-at-hint', { timeZone })}
          value={when[kind] ?? ''}
          onChange={event => change(event.currentTarget.value)}
        />
      )
  }
}

function Removable({ name, onRemove, children }: { name: string; onRemove: () => void; children: ReactNode }) {
  const { t } = useLocale()
  return (
    <div className={classes.condition}>
      {children}
      <ActionIcon aria-label={t('routing.remove-condition', { name })} onClick={onRemove}>
        <IconX size={16} stroke={1.75} />
      </ActionIcon>
    </div>
  )
}

export function RuleConditions(props: ConditionsProps) {
  const { t } = useLocale()
  const { when, onChange, errorOf } = props
  const present = conditionKinds.filter(kind => when[kind] !== undefined)
  const absent = conditionKinds.filter(kind => when[kind] === undefined)
  const add = (kind: ConditionKind) => onChange({ ...when, [kind]: kind === 'from' || kind === 'until' ? '' : [] })
  return (
    <div className={classes.conditions}>
      {present.map(kind => (
        <Removable key={kind} name={t(labels[kind])} onRemove={() => onChange({ ...when, [kind]: undefined })}>
          <Field kind={kind} {...props} />
        </Removable>
      ))}
      {errorOf('when') === undefined ? null : (
        <p className={classes.error} role="alert">
          {errorOf('when')}
        </p>
      )}
      {absent.length === 0 ? null : (
        <Menu position="bottom-start" width={220}>
          <Menu.Target>
            <Button variant="default" size="xs" leftSection={<IconPlus size={14} stroke={1.75} />}>
              {t('routing.add-condition')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {absent.map(kind => (
              <Menu.Item key={kind} onClick={() => add(kind)}>
                {t(labels[kind])}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  )
}
