/** Converts between the routing of a link and the fields of its editor: values, request and errors. Pure functions. */

import type { FieldError } from '@octet/contracts'
import type { Condition, LinkRouting, Routing } from '@octet/contracts/links'
import { fieldWords } from '../../../shared/field-words.ts'
import { fromZonedInput, toZonedInput, withScheme } from '../../../shared/format.ts'
import type { Translate } from '../../../shared/i18n.tsx'
import { fits } from '../../../shared/limits.ts'
import { limits } from '../limits.ts'
import { isAddress } from '../link-address.ts'

/** The typed conditions of one rule; an absent one is not part of the rule. */
export interface Conditions {
  readonly countries?: readonly string[] | undefined
  readonly devices?: readonly string[] | undefined
  readonly systems?: readonly string[] | undefined
  readonly languages?: readonly string[] | undefined
  /** Values of `datetime-local` inputs. */
  readonly from?: string | undefined
  readonly until?: string | undefined
  /** `name` or `name=value`. */
  readonly query?: readonly string[] | undefined
}
export type ConditionKind = keyof Conditions
export const conditionKinds = ['countries', 'devices', 'systems', 'languages', 'from', 'until', 'query'] as const

export interface RuleValues {
  readonly key: string
  readonly name: string
  readonly url: string
  readonly appUrl: string
  readonly when: Conditions
}

export interface VariantValues {
  readonly key: string
  readonly name: string
  readonly url: string
  readonly weight: string
}

export interface RoutingValues {
  readonly rules: readonly RuleValues[]
  readonly variants: readonly VariantValues[]
  readonly appUrl: string
  readonly fallbackUrl: string
  readonly preview: { readonly title: string; readonly description: string; readonly imageUrl: string }
}

/** Errors by path, such as `rules/0/url`; errors inside a condition appear at the condition. */
export type RoutingErrors = Readonly<Record<string, string>>

let lastKey = 0
export const newKey = () => `new-${++lastKey}`

function conditionsOf({ query, from, until, ...lists }: Condition, timeZone: string): Conditions {
  return {
    ...lists,
    ...(from === undefined ? {} : { from: toZonedInput(from, timeZone) }),
    ...(until === undefined ? {} : { until: toZonedInput(until, timeZone) }),
    ...(query && { query: query.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)) }),
  }
}

export function routingValuesOf(routing: LinkRouting, timeZone: string): RoutingValues {
  const { rules, variants, appUrl, fallbackUrl, preview } = routing
  return {
    rules: rules.map(({ name = '', url, appUrl: app = '', when }, index) => ({
      key: `rule-${index}`,
      name,
      url,
      appUrl: app,
      when: conditionsOf(when, timeZone),
    })),
    variants: variants.map(({ name, url, weight }, index) => ({
      key: `variant-${index}`,
      name,
      url,
      weight: String(weight),
    })),
    appUrl: appUrl ?? '',
    fallbackUrl: fallbackUrl ?? '',
    preview: {
      title: preview?.title ?? '',
      description: preview?.description ?? '',
      imageUrl: preview?.imageUrl ?? '',
    },
  }
}

function queryOf(text: string): { name: string; value?: string } {
  const at = text.indexOf('=')
  return at < 0 ? { name: text } : { name: text.slice(0, at), value: text.slice(at + 1) }
}

const filled = <T>(list: readonly T[] | undefined) => (list === undefined || list.length === 0 ? undefined : [...list])

/** Without items that were added and left empty. */
function whenOf({ countries, devices, systems, languages, from, until, query }: Conditions, timeZone: string) {
  const when = {
    countries: filled(countries),
    devices: filled(devices),
    systems: filled(systems),
    languages: filled(languages),
    from: fromZonedInput(from ?? '', timeZone) ?? undefined,
    until: fromZonedInput(until ?? '', timeZone) ?? undefined,
    query: filled(query?.map(queryOf)),
  }
  return Object.fromEntries(Object.entries(when).filter(([, value]) => value !== undefined)) as Condition
}

const address = (text: string) => (text.trim() === '' ? undefined : withScheme(text))

/** The request. */
export function routingOf(values: RoutingValues, timeZone: string): Routing {
  const { rules, variants, appUrl, fallbackUrl, preview } = values
  const hasPreview = preview.title.trim() !== ''
  return {
    rules: rules.map(rule => ({
      ...(rule.name.trim() === '' ? {} : { name: rule.name.trim() }),
      ...(rule.appUrl.trim() === '' ? {} : { appUrl: rule.appUrl.trim() }),
      when: whenOf(rule.when, timeZone),
      url: withScheme(rule.url),
    })),
    variants: variants.map(({ name, url, weight }) => ({
      name: name.trim(),
      url: withScheme(url),
      weight: Number(weight),
    })),
    appUrl: appUrl.trim() || null,
    fallbackUrl: address(fallbackUrl) ?? null,
    preview: hasPreview
      ? {
          title: preview.title.trim(),
          ...(preview.description.trim() === '' ? {} : { description: preview.description.trim() }),
          ...(preview.imageUrl.trim() === '' ? {} : { imageUrl: withScheme(preview.imageUrl) }),
        }
      : null,
  }
}

function ruleErrors(rule: RuleValues, at: string, t: Translate, timeZone: string): Record<string, string> {
  const errors: Record<string, string> = {}
  const { from = '', until = '', languages = [] } = rule.when
  if (!isAddress(rule.url)) errors[`${at}/url`] = t('links.url-rule')
  if (Object.keys(whenOf(rule.when, timeZone)).length === 0) errors[`${at}/when`] = t('routing.no-condition')
  if (from !== '' && until !== '' && from >= until) errors[`${at}/until`] = t('routing.until-before-from')
  if (!languages.every(language => fits(language, limits.language)))
    errors[`${at}/languages`] = t('routing.language-rule')
  return errors
}

function variantErrors(variants: readonly VariantValues[], t: Translate): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const [index, { name, url, weight }] of variants.entries()) {
    const at = `variants/${index}`
    const isTwice = variants.findIndex(each => each.name.trim() === name.trim()) < index
    if (name.trim() === '') errors[`${at}/name`] = t('routing.variant-name-missing')
    else if (isTwice) errors[`${at}/name`] = t('routing.variant-name-twice')
    if (!isAddress(url)) errors[`${at}/url`] = t('links.url-rule')
    if (!/^[1-9]\d*$/.test(weight) || Number(weight) > limits.weight.max)
      errors[`${at}/weight`] = t('routing.weight-rule')
  }
  if (variants.length === 1) errors.variants = t('routing.variant-alone')
  return errors
}

export function routingErrors(values: RoutingValues, t: Translate, timeZone: string): RoutingErrors {
  const { rules, variants, fallbackUrl, preview } = values
  const errors = variantErrors(variants, t)
  for (const [index, rule] of rules.entries()) Object.assign(errors, ruleErrors(rule, `rules/${index}`, t, timeZone))
  if (fallbackUrl.trim() !== '' && !isAddress(fallbackUrl)) errors.fallbackUrl = t('links.url-rule')
  if (preview.imageUrl.trim() !== '' && !isAddress(preview.imageUrl)) errors['preview/imageUrl'] = t('links.url-rule')
  if (preview.title.trim() === '' && `${preview.description}${preview.imageUrl}`.trim() !== '') {
    errors['preview/title'] = t('routing.preview-title-missing')
  }
  return errors
}

/** The server's errors by the place in the form: `/rules/0/when/languages/1` belongs to `rules/0/languages`. */
export function errorsByPath(errors: readonly FieldError[], t: Translate): RoutingErrors {
  const keyOf = (path: string) => {
    const parts = path.split('/').filter(Boolean)
    const withoutWhen = parts[2] === 'when' && parts.length > 3 ? [...parts.slice(0, 2), parts[3]] : parts
    return withoutWhen.slice(0, 3).join('/')
  }
  return Object.fromEntries(errors.map(error => [keyOf(error.path), fieldWords(error, t)]))
}

/** The list with the item at `from` moved by `step`; unchanged at its ends. */
export function moved<T>(list: readonly T[], from: number, step: 1 | -1): readonly T[] {
  const to = from + step
  const item = list[from]
  if (item === undefined || to < 0 || to >= list.length) return list
  return list.with(from, list[to] as T).with(to, item)
}
