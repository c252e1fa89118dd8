/** The routing of a link: rules in order, a split test, the address after its end, and its preview card. */

import { Button, TextInput } from '@mantine/core'
import { Problem } from '@octet/contracts'
import { type Link, type LinkRouting, links } from '@octet/contracts/links'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useLocale, useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { FailedState, FailureNotice, Notice, SkeletonRows } from '../../../shared/ui/states.tsx'
import { limits } from '../limits.ts'
import { LinkFrame } from '../manage/link-frame.tsx'
import { useUnsavedGuard } from '../manage/unsaved-guard.ts'
import { routingQuery, useSetRouting } from './link-routing.ts'
import { PreviewEditor } from './preview-editor.tsx'
import classes from './routing.module.css'
import {
  errorsByPath,
  type RoutingErrors,
  type RoutingValues,
  routingErrors,
  routingOf,
  routingValuesOf,
} from './routing-values.ts'
import { RulesEditor } from './rules-editor.tsx'
import { SplitEditor } from './split-editor.tsx'

/**
 * The state of the editor: the input, the version it started from, and the version that another user saved meanwhile.
 */
function useRoutingForm(routing: LinkRouting) {
  const { t, timeZone } = useLocale()
  const queryClient = useQueryClient()
  const setRouting = useSetRouting(routing.linkId)
  const [base, setBase] = useState(routing)
  const [values, setValues] = useState(() => routingValuesOf(routing, timeZone))
  const [errors, setErrors] = useState<RoutingErrors>({})
  const [failure, setFailure] = useState<unknown>(undefined)
  const [theirs, setTheirs] = useState<LinkRouting | null>(null)
  const isDirty =
    JSON.stringify(routingOf(values, timeZone)) !== JSON.stringify(routingOf(routingValuesOf(base, timeZone), timeZone))

  function adopt(next: LinkRouting): void {
    setBase(next)
    setValues(routingValuesOf(next, timeZone))
    setErrors({})
    setFailure(undefined)
    setTheirs(null)
  }

  async function showProblem(error: unknown): Promise<void> {
    if (error instanceof Problem && error.code === 'version-mismatch') {
      setTheirs(await queryClient.fetchQuery({ ...routingQuery(routing.linkId), staleTime: 0 }))
      return
    }
    const found = error instanceof Problem ? errorsByPath(error.errors ?? [], t) : {}
    setErrors(found)
    setFailure(Object.keys(found).length > 0 ? undefined : error)
  }

  async function save(version: number): Promise<void> {
    const wrong = routingErrors(values, t, timeZone)
    setErrors(wrong)
    setFailure(undefined)
    if (Object.keys(wrong).length > 0) return
    try {
      adopt(await setRouting.mutateAsync({ routing: routingOf(values, timeZone), version }))
      showToast({ kind: 'done', message: t('routing.saved') })
    } catch (error) {
      await showProblem(error).catch(setFailure)
    }
  }

  function change(patch: Partial<RoutingValues>): void {
    setValues({ ...values, ...patch })
    // Their paths refer to positions in lists that may just have changed.
    setErrors({})
  }
  return { values, errors, failure, theirs, isDirty, isSaving: setRouting.isPending, base, change, save, adopt }
}

type RoutingForm = ReturnType<typeof useRoutingForm>

function Conflict({ form, theirs }: { form: RoutingForm; theirs: LinkRouting }) {
  const t = useT()
  return (
    <Notice
      kind="warning"
      action={
        <>
          <Button size="xs" onClick={() => void form.save(theirs.version)}>
            {t('links.conflict-keep-mine')}
          </Button>
          <Button size="xs" variant="default" onClick={() => form.adopt(theirs)}>
            {t('links.conflict-keep-theirs')}
          </Button>
        </>
      }
    >
      {t('links.conflict')}
    </Notice>
  )
}

function EndFields({ form }: { form: RoutingForm }) {
  const t = useT()
  const { values, errors, change } = form
  return (
    <section className={classes.section} aria-labelledby="end-title">
      <h2 id="end-title">{t('routing.else')}</h2>
      <div className={classes.pair}>
        <TextInput
          label={t('routing.fallback')}
          description={t('routing.fallback-hint')}
          type="url"
          autoComplete="off"
          spellCheck={false}
          maxLength={limits.url.max}
          value={values.fallbackUrl}
          error={errors.fallbackUrl}
          onChange={event => change({ fallbackUrl: event.currentTarget.value })}
        />
        <TextInput
          label={t('routing.app-url')}
          description={t('routing.app-url-hint')}
          autoComplete="off"
          spellCheck={false}
          maxLength={limits.appUrl.max}
          value={values.appUrl}
          error={errors.appUrl}
          onChange={event => change({ appUrl: event.currentTarget.value })}
        />
      </div>
    </section>
  )
}

function Editor({ link, routing }: { link: Link; routing: LinkRouting }) {
  const t = useT()
  const form = useRoutingForm(routing)
  const { values, errors, change, isDirty, base } = form
  const element = useRef<HTMLFormElement>(null)
  useUnsavedGuard(isDirty)
  useEffect(() => {
    if (Object.keys(errors).length > 0) element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [errors])
  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    void form.save(base.version)
  }
  return (
    <form className={classes.form} noValidate ref={element} onSubmit={onSubmit}>
      <FailureNotice error={form.failure} />
      {form.theirs === null ? null : <Conflict form={form} theirs={form.theirs} />}
      <RulesEditor rules={values.rules} errors={errors} onChange={rules => change({ rules })} />
      <SplitEditor
        variants={values.variants}
        url={link.url}
        errors={errors}
        onChange={variants => change({ variants })}
      />
      <EndFields form={form} />
      <PreviewEditor
        preview={values.preview}
        shortUrl={link.shortUrl}
        errors={errors}
        onChange={preview => change({ preview })}
      />
      <div className={classes.formActions}>
        <Button type="submit" loading={form.isSaving} disabled={!isDirty}>
          {t('action.save')}
        </Button>
        {isDirty ? (
          <Button variant="default" onClick={() => form.adopt(base)}>
            {t('action.discard')}
          </Button>
        ) : null}
      </div>
    </form>
  )
}

function Loaded({ link }: { link: Link }) {
  const query = useQuery(routingQuery(link.id))
  if (query.data !== undefined) return <Editor link={link} routing={query.data} />
  if (query.isError) return <FailedState error={query.error} onRetry={() => void query.refetch()} />
  return <SkeletonRows count={3} heightPx={140} />
}

const route = getRouteApi('/links/$id/routing')

export function RoutingPage() {
  const params = route.useParams()
  const { getLinkRouting, setLinkRouting } = links.operations
  const apiOf = ({ id, version }: Link) => [
    { operation: getLinkRouting, input: { id } },
    {
      operation: setLinkRouting,
      input: { id, rules: [{ name: 'german', when: { languages: ['de'] }, url: 'https://example.org/de' }] },
      ifMatch: version,
    },
  ]
  return (
    <LinkFrame id={params.id} apiOf={apiOf}>
      {link => <Loaded link={link} />}
    </LinkFrame>
  )
}
