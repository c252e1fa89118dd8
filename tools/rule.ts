/** Rules, and how their findings reach the reader. Boundaries and tidy share both. */
import { type Exception, exceptions } from './exceptions.ts'
import type { Tree } from './tree.ts'

export interface Finding {
  readonly path: string
  readonly line: number
  /** The fault, with the value, and the fix. */
  readonly message: string
}

export interface Rule {
  readonly name: string
  /** One sentence: the damage that the rule prevents. */
  readonly why: string
  check(tree: Tree): Finding[]
}

export interface NamedFinding extends Finding {
  readonly rule: string
}

/** Every finding that no exception allows; an exception that allows nothing is a finding itself. */
export function findingsOf(
  rules: readonly Rule[],
  tree: Tree,
  allowed: readonly Exception[] = exceptions,
): NamedFinding[] {
  const used = new Set<Exception>()
  const findings: NamedFinding[] = []
  for (const rule of rules) {
    for (const finding of rule.check(tree)) {
      const exception = allowed.find(({ rule: name, path }) => name === rule.name && path === finding.path)
      if (exception === undefined) findings.push({ rule: rule.name, ...finding })
      else used.add(exception)
    }
  }
  const names = new Set(rules.map(rule => rule.name))
  for (const exception of allowed) {
    if (!names.has(exception.rule) || (used.has(exception) && tree.has(exception.decision))) continue
    const message = used.has(exception)
      ? `${exception.decision} does not exist; an exception needs its decision record`
      : `the exception to ${exception.rule} no longer allows anything; remove it from tools/exceptions.ts`
    findings.push({ rule: 'exceptions', path: exception.path, line: 1, message })
  }
  return findings
}

/** Prints the findings, one per line, and a summary; sets the exit code. */
export function report(title: string, rules: readonly Rule[], tree: Tree): void {
  const findings = findingsOf(rules, tree)
  for (const { path, line, rule, message } of findings) console.log(`${path}:${line}  ${rule}: ${message}`)
  const allowed = exceptions.filter(exception => rules.some(rule => rule.name === exception.rule)).length
  console.log(`${title}: ${rules.length} rules, ${tree.size} files, ${allowed} exceptions, ${findings.length} findings`)
  if (findings.length > 0) process.exitCode = 1
}
