/** Templates of campaign parameters: create, change, delete. */

import { ActionIcon, Button, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { links, type UtmTemplate } from '@octet/contracts/links'
import { IconPencil, IconPlus, IconSpeakerphone, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useHiddenIds } from '../../../shared/deferred.ts'
import { useForm } from '../../../shared/form.ts'
import { useT } from '../../../shared/i18n.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { FailedState, FailureNotice, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { limits } from '../limits.ts'
import classes from '../organize/organize.module.css'
import places from '../places.module.css'
import {
  hiddenTemplate,
  type NamedUtm,
  templatesQuery,
  useCreateTemplate,
  useDeleteTemplate,
  useUpdateTemplate,
} from './campaigns.ts'
import { utmOf, utmPairs, utmValuesOf } from './utm.ts'
import { UtmFields } from './utm-fields.tsx'

interface TemplateFormProps {
  readonly title: string
  readonly initial?: NamedUtm
  readonly onSave: (template: NamedUtm) => Promise<unknown>
  readonly onClose: () => void
}

function TemplateForm({ title, initial, onSave, onClose }: TemplateFormProps) {
  const t = useT()
  const form = useForm({
    initial: { name: initial?.name ?? '', ...utmValuesOf(initial?.utm ?? {}) },
    validate: values => ({
      name: values.name.trim() === '' ? t('campaigns.name-missing') : undefined,
      utmSource: utmOf(values) === undefined ? t('campaigns.utm-missing') : undefined,
    }),
    blame: error => (error instanceof Problem && error.code === 'links.utm-template-exists' ? 'name' : undefined),
    textOf: error => problemLine(error, t),
    submit: async values => {
      await onSave({ name: values.name.trim(), utm: utmOf(values) ?? {} })
      onClose()
    },
  })
  return (
    <form
      className={places.box}
      aria-label={title}
      noValidate
      onSubmit={event => void form.onSubmit(event)}
      onKeyDown={event => event.key === 'Escape' && onClose()}
    >
      <FailureNotice error={form.failure} />
      <TextInput
        {...form.text('name')}
        label={t('campaigns.name')}
        placeholder={t('campaigns.name-example')}
        autoComplete="off"
        autoFocus
        maxLength={limits.templateName.max}
      />
      <UtmFields form={form} />
      <div className={places.actions}>
        <Button type="submit" loading={form.isSubmitting}>
          {t('action.save')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
      </div>
    </form>
  )
}

function Row({ template }: { template: UtmTemplate }) {
  const t = useT()
  const updateTemplate = useUpdateTemplate()
  const deleteTemplate = useDeleteTemplate()
  const [isEditing, setEditing] = useState(false)
  const { id, name, utm } = template
  const edit = t('campaigns.edit', { name })
  if (isEditing) {
    return (
      <li className={places.editing}>
        <TemplateForm
          title={edit}
          initial={template}
          onSave={changed => updateTemplate.mutateAsync({ id, ...changed })}
          onClose={() => setEditing(false)}
        />
      </li>
    )
  }
  return (
    <li className={classes.row}>
      <span className={classes.icon}>
        <IconSpeakerphone size={18} stroke={1.75} aria-hidden="true" />
      </span>
      <div className={classes.name}>
        <p className="truncate">{name}</p>
        <p className={classes.parameters}>{utmPairs(utm).join(' · ')}</p>
      </div>
      <ActionIcon aria-label={edit} onClick={() => setEditing(true)}>
        <IconPencil size={18} stroke={1.75} />
      </ActionIcon>
      <ActionIcon aria-label={t('organize.delete', { name })} onClick={() => deleteTemplate(template)}>
        <IconTrash size={18} stroke={1.75} />
      </ActionIcon>
    </li>
  )
}

function Templates({ isCreating }: { isCreating: boolean }) {
  const t = useT()
  const hidden = useHiddenIds()
  const query = useQuery(templatesQuery)
  if (query.data === undefined) {
    if (query.isError) return <FailedState error={query.error} onRetry={() => void query.refetch()} />
    return <SkeletonRows count={3} heightPx={56} />
  }
  const shown = query.data.filter(({ id }) => !hidden.has(hiddenTemplate(id)))
  if (shown.length > 0) {
    return (
      <>
        {query.isError ? <FailureNotice error={query.error} /> : null}
        <ul className={classes.list} aria-label={t('campaigns.title')}>
          {shown.map(template => (
            <Row key={template.id} template={template} />
          ))}
        </ul>
      </>
    )
  }
  if (isCreating) return null
  const icon = <IconSpeakerphone size={32} stroke={1.5} />
  return <StateBox icon={icon} title={t('campaigns.none')} text={t('campaigns.none-hint')} />
}

export function CampaignsPage() {
  const t = useT()
  const createTemplate = useCreateTemplate()
  const [isCreating, setCreating] = useState(false)
  const { listUtmTemplates, createUtmTemplate, updateUtmTemplate, deleteUtmTemplate } = links.operations
  const example = { source: 'newsletter', medium: 'email', campaign: 'spring' }
  const api = [
    { operation: listUtmTemplates, input: {} },
    { operation: createUtmTemplate, input: { name: 'Spring', utm: example } },
    { operation: updateUtmTemplate, input: { id: '…', name: 'Summer' } },
    { operation: deleteUtmTemplate, input: { id: '…' } },
  ]
  const add = (
    <Button leftSection={<IconPlus size={18} stroke={1.75} />} onClick={() => setCreating(true)}>
      {t('campaigns.new')}
    </Button>
  )
  return (
    <Page
      title={t('campaigns.title')}
      lead={t('campaigns.lead')}
      crumbs={[{ label: t('links.mine'), to: '/links' }]}
      actions={isCreating ? null : add}
      api={api}
    >
      <div className={places.places}>
        {isCreating ? (
          <TemplateForm
            title={t('campaigns.new')}
            onSave={template => createTemplate.mutateAsync(template)}
            onClose={() => setCreating(false)}
          />
        ) : null}
        <Templates isCreating={isCreating} />
      </div>
    </Page>
  )
}
