/** One form: its values, the error of each field, and one submission at a time. Input survives every error. */
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { fieldErrorWords } from './field-words.ts'
import { useT } from './i18n.tsx'

export type FormErrors<V> = { readonly [K in keyof V]?: string | undefined }

export interface FormOptions<V extends object> {
  readonly initial: V
  /** Maps field names to errors; an empty object allows the submission. */
  readonly validate?: (values: V) => FormErrors<V>
  /** Throws the server's problem; the form shows field errors in it at their fields. */
  readonly submit: (values: V) => Promise<unknown>
  readonly onChange?: (values: V) => void
  /** Assigns a problem without a field to a field, such as "that alias is taken" to the alias. */
  readonly blame?: (error: unknown) => keyof V | undefined
  /** The text of an assigned problem. */
  readonly textOf?: (error: unknown) => string
}

function withText<V>(errors: FormErrors<V>): FormErrors<V> {
  const entries = Object.entries(errors).filter(([, text]) => typeof text === 'string' && text !== '')
  return Object.fromEntries(entries) as FormErrors<V>
}

/** After errors have rendered, focuses the first invalid field. */
function useFocusFirstError(errors: object): (form: HTMLFormElement) => void {
  const wanted = useRef<HTMLFormElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs when the errors have been rendered
  useEffect(() => {
    wanted.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    wanted.current = null
  }, [errors])
  return form => {
    wanted.current = form
  }
}

/**
 * The state of a form. `errors` belong to fields; `failure` is a problem without a field. `change` and `text` take
 * input, `onSubmit` goes on the `<form>`, `reset` replaces all values.
 */
export function useForm<V extends object>(options: FormOptions<V>) {
  const t = useT()
  const [values, setValues] = useState(options.initial)
  // Two fields may change before the next render, one by typing and one by losing the focus: keep both changes.
  const latest = useRef(options.initial)
  const [errors, setErrors] = useState<FormErrors<V>>({})
  const [failure, setFailure] = useState<unknown>(undefined)
  const [isSubmitting, setSubmitting] = useState(false)
  const isBusy = useRef(false)
  const focusFirstError = useFocusFirstError(errors)

  function reset(next: V): void {
    latest.current = next
    setValues(next)
  }

  function change(patch: Partial<V>): void {
    const next = { ...latest.current, ...patch }
    reset(next)
    setErrors(current => ({ ...current, ...Object.fromEntries(Object.keys(patch).map(name => [name, undefined])) }))
    options.onChange?.(next)
  }

  function showFailure(error: unknown): void {
    const blamed = options.blame?.(error)
    const byField = fieldErrorWords(error, t)
    const known = Object.fromEntries(Object.entries(byField).filter(([name]) => name in values))
    const moved = blamed === undefined ? known : { ...known, [blamed]: options.textOf?.(error) ?? String(error) }
    const found = withText<V>(moved as FormErrors<V>)
    setErrors(found)
    setFailure(Object.keys(found).length > 0 ? undefined : error)
  }

  async function onSubmit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = event.currentTarget
    if (isBusy.current) return
    const wrong = withText(options.validate?.(latest.current) ?? {})
    focusFirstError(form)
    setErrors(wrong)
    setFailure(undefined)
    if (Object.keys(wrong).length > 0) return
    isBusy.current = true
    setSubmitting(true)
    try {
      await options.submit(latest.current)
    } catch (error) {
      focusFirstError(form)
      showFailure(error)
    } finally {
      isBusy.current = false
      setSubmitting(false)
    }
  }

  /** Props of a text input. */
  function text<K extends keyof V & string>(name: K) {
    return {
      name,
      value: String(values[name] ?? ''),
      error: errors[name],
      onChange: (event: { currentTarget: { value: string } }) =>
        change({ [name]: event.currentTarget.value } as unknown as Partial<V>),
    }
  }

  return { values, errors, failure, isSubmitting, change, onSubmit, text, reset }
}
