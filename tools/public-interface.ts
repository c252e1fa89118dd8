/**
 * The public interface that other programs rely on, as data: generated from the contracts, kept in
 * `contracts/test/snapshot/`.
 */
import {
  type Contract,
  clientFrames,
  closeCodes,
  commonProblems,
  Id,
  type Limit,
  type Operation,
  type Role,
  realtimeLimits,
  realtimePath,
  realtimeVersion,
  roles,
  type StreamSpec,
  Time,
} from '@octet/contracts'
import { contracts, permissions } from '@octet/contracts/all'

/** The folder of the snapshots: one file per contract, and `vocabulary.json` for everything outside contracts. */
export const snapshotFolder = 'contracts/test/snapshot'

/** A tree of texts and numbers. A list stands for a set, without an order. */
export type Described = string | number | boolean | readonly (string | number)[] | { readonly [key: string]: Described }
type DescribedObject = { readonly [key: string]: Described }

/** File name → its required content. */
export function publicInterface(of: readonly Contract[] = contracts): Map<string, DescribedObject> {
  const files = of.map((contract): [string, DescribedObject] => [`${contract.name}.json`, contractOf(contract)])
  return new Map([...files, ['vocabulary.json', vocabulary()]])
}

function vocabulary(): DescribedObject {
  return {
    permissions: Object.fromEntries(roles.map(role => [role, permissionsOf(role)])),
    problems: statusesOf(commonProblems),
    realtime: {
      path: realtimePath,
      version: realtimeVersion,
      limits: realtimeLimits,
      closeCodes,
      clientFrames: mapOf(clientFrames, schemaOf),
    },
  }
}

function permissionsOf(role: Role): string[] {
  return Object.values(permissions).flatMap(({ name, roles }) => (roles.includes(role) ? [name] : []))
}

function contractOf({ operations, events, problems, streams = {} }: Contract): DescribedObject {
  return {
    problems: statusesOf(problems),
    operations: mapOf(operations, operationOf),
    events: mapOf(events, ({ version, data }) => ({ version, data: schemaOf(data) })),
    streams: mapOf(streams, streamOf),
  }
}

function operationOf(spec: Operation): DescribedObject {
  const { http, handledBy, status, access, ignoresCredentials, retry, timeoutMs, versioned, answers, accepts } = spec
  return {
    route: http ?? 'modules only',
    access: accessOf(access),
    retry,
    status: status ?? 200,
    timeoutMs,
    ...(handledBy === 'module' ? { handledBy } : {}),
    ...(ignoresCredentials === true ? { ignoresCredentials } : {}),
    ...(versioned === true ? { versioned } : {}),
    ...(answers === undefined ? {} : { answers }),
    ...(accepts === undefined ? {} : { accepts: `${accepts.type} as ${accepts.property}, ${accepts.bytesMax} bytes` }),
    ...(spec.limits === undefined ? {} : { limits: spec.limits.map(limitOf) }),
    problems: spec.problems,
    input: schemaOf(spec.input),
    output: schemaOf(spec.output),
  }
}

function accessOf({ kind, ...rest }: Operation['access']): string {
  const named = 'scope' in rest ? rest.scope : 'permission' in rest ? rest.permission : ''
  const options = ['fresh', 'verified'].filter(name => (rest as Record<string, unknown>)[name] === true)
  return [kind, named, ...options].filter(Boolean).join(' ')
}

function limitOf({ by, max, anonymousMax, unverifiedMax, windowMs }: Limit): string {
  const others = [
    anonymousMax === undefined ? '' : `, anonymous ${anonymousMax}`,
    unverifiedMax === undefined ? '' : `, unverified ${unverifiedMax}`,
  ]
  return `${max} per ${windowMs} ms and ${by}${others.join('')}`
}

function streamOf({ durability, scope, events, commands = {}, relays = {}, rechecks = {} }: StreamSpec) {
  return {
    durability,
    scope,
    events: mapOf(events, schemaOf),
    commands: mapOf(commands, ({ operation, key, ordered }) => {
      return `${operation} by ${key}${ordered === true ? ', ordered' : ''}`
    }),
    relays: mapOf(relays, schemaOf),
    rechecks,
  }
}

function statusesOf(problems: Contract['problems']): DescribedObject {
  return mapOf(problems, ({ status }) => status)
}

function mapOf<T>(values: Readonly<Record<string, T>>, describe: (value: T) => Described): DescribedObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, describe(value)]))
}

// ---- schemas --------------------------------------------------------------------------------------------------------

type Schema = Readonly<Record<string, unknown>>

/** Words for people, which may change at any time. */
const words: ReadonlySet<string> = new Set(['title', 'description', 'summary', 'examples', '$comment'])
/** Keywords that become keys of the description, not part of its texts. */
const structural: ReadonlySet<string> = new Set(['type', 'required', 'properties', 'patternProperties', 'items'])

/** Patterns that many schemas share. */
const patternNames: ReadonlyMap<unknown, string> = new Map([
  [(Id as object as Schema).pattern, 'id'],
  [(Time as object as Schema).pattern, 'time'],
])

/** A schema as path → type and bounds. `a?` is optional, `a[]` an item, `a|0` one alternative, `a{…}` any such key. */
function schemaOf(schema: object): DescribedObject {
  return Object.fromEntries(describeSchema('', schema as Schema))
}

function describeSchema(path: string, schema: Schema, suffix = ''): [string, Described][] {
  const { type = 'any', properties, patternProperties, items, anyOf, required = [] } = schema
  const [first, second, ...others] = (anyOf ?? []) as Schema[]
  if (first !== undefined && second?.type === 'null' && others.length === 0) {
    return describeSchema(path, first, `${suffix} or null`)
  }
  const choices = schema.enum as (string | number)[] | undefined
  const text = Array.isArray(anyOf) ? `one of ${anyOf.length}` : choices === undefined ? boundsOf(type, schema) : 'enum'
  const below: [string, Described][] = []
  for (const [name, value] of Object.entries((properties ?? {}) as Record<string, Schema>)) {
    const isRequired = (required as string[]).includes(name)
    below.push(...describeSchema(`${path}${path === '' ? '' : '.'}${name}${isRequired ? '' : '?'}`, value))
  }
  for (const [pattern, value] of Object.entries((patternProperties ?? {}) as Record<string, Schema>)) {
    below.push(...describeSchema(`${path}{${pattern}}`, value))
  }
  if (items !== undefined) below.push(...describeSchema(`${path}[]`, items as Schema))
  for (const [index, value] of ((anyOf ?? []) as Schema[]).entries()) {
    below.push(...describeSchema(`${path}|${index}`, value))
  }
  if (choices !== undefined) return [[`${path} =${suffix}`.trimStart(), choices]]
  const own: [string, Described][] = text === 'object closed' && path === '' ? [] : [[path, text + suffix]]
  return [...own, ...below]
}

function boundsOf(type: unknown, schema: Schema): string {
  const parts = Object.entries(schema).flatMap(([key, value]) => {
    if (structural.has(key) || words.has(key) || key === 'anyOf') return []
    if (key === 'additionalProperties') return [value === false ? 'closed' : `others ${JSON.stringify(value)}`]
    if (key === 'pattern') return [patternNames.get(value) ?? `/${value}/`]
    return [value === true ? key : `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`]
  })
  return [type, ...parts].join(' ')
}

// ---- comparison -----------------------------------------------------------------------------------------------------

export interface Differences {
  /** Changes that break programs written against the snapshot, one sentence each. */
  readonly broken: readonly string[]
  /** What was added since. */
  readonly added: readonly string[]
}

/** Compares the current description with the previous one. `name` begins every sentence. */
export function differences(name: string, before: Described, now: Described): Differences {
  const broken: string[] = []
  const added: string[] = []
  compare([name], before, now, { broken, added })
  return { broken, added }
}

function compare(path: readonly string[], before: Described, now: Described, found: Found): void {
  const where = path.join(' › ')
  if (isList(before) && isList(now)) {
    for (const one of before) if (!now.includes(one)) found.broken.push(`${where}: "${one}" was removed`)
    for (const one of now) if (!before.includes(one)) found.added.push(`${where}: "${one}"`)
    return
  }
  if (!isObject(before) || !isObject(now)) {
    if (before !== now) found.broken.push(`${where}: was ${JSON.stringify(before)}, is ${JSON.stringify(now)}`)
    return
  }
  for (const [key, value] of Object.entries(before)) {
    const current = now[key]
    if (current === undefined) found.broken.push(`${where} › ${key}: was removed`)
    else compare([...path, key], value, current, found)
  }
  for (const key of Object.keys(now)) {
    if (key in before) continue
    if (path.includes('input') && isDemand(before, key)) found.broken.push(`${where} › ${key}: is required now`)
    else found.added.push(`${where} › ${key}`)
  }
}

interface Found {
  readonly broken: string[]
  readonly added: string[]
}

/** Whether clients that know the parent but not this new input property must now send it. */
function isDemand(before: DescribedObject, key: string): boolean {
  if (/[?\]}]$|\|\d+$| =/.test(key)) return false
  const parent = key.slice(0, Math.max(0, key.lastIndexOf('.')))
  return parent === '' || parent in before
}

const isList = (value: Described): value is readonly (string | number)[] => Array.isArray(value)
const isObject = (value: Described): value is DescribedObject => typeof value === 'object' && !isList(value)

/** The next snapshot: additions go in, and old promises stay. */
export function withAdditions(before: Described | undefined, now: Described): Described {
  if (before === undefined) return now
  if (isList(before) && isList(now)) return [...before, ...now.filter(one => !before.includes(one))]
  if (!isObject(before) || !isObject(now)) return before
  const current = Object.entries(now).map(([key, value]) => [key, withAdditions(before[key], value)])
  const kept = Object.entries(before).filter(([key]) => !(key in now))
  return Object.fromEntries([...current, ...kept])
}
