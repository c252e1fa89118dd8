/**
 * English that a newcomer can read and search: the field's words, in the order that a native engineer uses. The
 * glossary in CONTRIBUTING.md has the nouns; the lists here hold the idioms that a pattern can find.
 */
import type { Finding, Rule } from '../rule.ts'
import { type AstNode, isCode, syntaxOf } from '../syntax.ts'
import { baseName, oncePerFile, type SourceFile, type Tree } from '../tree.ts'
import { lineIn, type Prose, proseOf, withoutCode } from './prose.ts'

interface Idiom {
  readonly pattern: RegExp
  readonly advice: string
  /** The idiom is only reported in this kind of prose; elsewhere the same words may be right. */
  readonly kind?: Prose['kind']
}

/** A space in a pattern stands for any white space. */
function idiom(pattern: string, advice: string, kind?: Prose['kind']): Idiom {
  return { pattern: new RegExp(pattern.replaceAll(' ', '\\s+'), 'giu'), advice, ...(kind && { kind }) }
}

const sentenceStart = '(?:^[*\\s]*|[.] )'
/** Requirement numbers before a title: `A6: …`, `O1, O2: …`. */
const titleStart = '^(?:[A-Z]+\\d+(?:, [A-Z]+\\d+)*: )?'
const role = 'name the role: the caller, an account, a member, a visitor, a process'

/** Assembled from parts, so that this file does not contain the idioms. */
const idioms: readonly Idiom[] = [
  idiom(`\\b(?:some|no|any|every)${'body'}\\b`, role),
  idiom(`\\bwho(?:m)?(?:so)?${'ever'}\\b`, role),
  idiom(`\\bwhat (?:is|are|was|were) (?:no|none|not)\\b`, 'name the thing: "an invalid token", "a non-2xx response"'),
  idiom(
    `(?<!\\bthere )\\b(?:is|are|was|were) no (?!longer\\b|more\\b|one\\b|way to\\b|better\\b|worse\\b)`,
    'write "is not a …"',
  ),
  idiom(`\\b(?:is|are|was|were) ${'none'}\\b`, 'say which thing is missing, or "does not exist"'),
  idiom(`\\b(?:of ${'which'}|such as ${'have'})\\b`, 'make two sentences, or put the noun first'),
  idiom(`${titleStart}(?:what|who|whose|whom|of)\\b`, 'begin with the subject: a noun', 'title'),
  idiom(`${sentenceStart}(?:who|whose|whom)\\b(?![^.]*\\?)`, 'begin with the subject: a noun', 'comment'),
  idiom(`${sentenceStart}of (?!course\\b)`, 'begin with the subject: "one of twenty …"', 'comment'),
  idiom(`\\bfor ${'good'}\\b(?! reason)`, 'write "permanently"'),
  idiom(`\\b(?:is|are) to be\\b`, 'write "must be" or "is"'),
  idiom(`\\b${'anew'}\\b`, 'write "again"'),
  idiom(`\\b(?:no ${'good'}|is good (?:once|for|in))\\b`, 'write "valid", "invalid", "expired"'),
  idiom(`\\bone[’']s\\b`, 'name the owner: "the caller’s", "an account’s"'),
  idiom(
    `(?:^|[.;,] |\\b(?:when|if|where|what|whether|as|than|because|that) )one (?:has|can|may|must|reads|opens|looks|asks|sees|was|does|wants|knows|would)\\b`,
    role,
  ),
  idiom(`\\b(?:in the|of the same|in the same) moment\\b`, 'write "at the same time" or "concurrently"'),
  idiom(`\\b(?:told|says?|said) so\\b`, 'write "reports", "logs", "returns an error"'),
  idiom(`\\b(?:is|are|was|were|be) ${'said'}\\b`, 'write "is reported", "is logged", "is returned"'),
  idiom(`\\b(?:tell|tells|telling|told|hear|hears|heard) of\\b`, 'write "notify", "publish", "learns about"'),
  idiom(`\\bthere is ${'none'}\\b`, 'say which thing is missing, or "does not exist"'),
  idiom(`\\b(?:lest|hence|whence|thereby|therein|wherein|thereof|nought|aught|whilst)\\b`, 'use a plain word'),
  idiom(`\\b(?:as|than) there (?:may|might|can) be\\b`, 'say the limit: "at most …"'),
  idiom(`\\b(?:front )?door(?:s)?\\b`, 'write "concurrency gate", "public API", "entry point"'),
  idiom(`\\bexpress[ -]lane`, 'write "fast path"'),
  idiom(`\\b(?:${'hush'}(?:ed)?|${'deaf'} to)\\b`, 'write "recheck", "blocks", "is blocked by"'),
  idiom(`\\b(?:way|ways) in\\b(?! (?:which|that))`, 'write "sign-in method" or "request path"'),
  idiom(
    `\\bit is (?:asked|looked|read|said|told|written) (?:whether|what|who|for)\\b`,
    'name who does it: subject, verb, object',
  ),
]

/** Figurative names, matched word by word in camelCase and kebab-case. */
const pictures: readonly { readonly pattern: RegExp; readonly advice: string }[] = [
  { pattern: /^(?!Icon).*?(^|[-_]|[a-z])[Dd]oors?($|[-_.A-Z])/, advice: 'ConcurrencyGate' },
  { pattern: /express-?lane/i, advice: 'FastPath' },
  { pattern: /^deafTo|[a-z]DeafTo/, advice: 'findBlockers' },
  { pattern: /^hush($|[A-Z])/, advice: 'recheckEphemeral' },
  { pattern: /^lookAt|^look-at-/, advice: 'recheck… or inspect…' },
  { pattern: /^tell($|[A-Z]|-)/, advice: 'notify… or publish…' },
  { pattern: /^want[A-Z]|^want-/, advice: 'enqueue… or request…' },
  { pattern: /^saw[A-Z]|^saw-/, advice: 'record…' },
  { pattern: /^keepers?$|Keepers?$/, advice: 'personalDataModules' },
  { pattern: /wasHonest/, advice: 'creditBack' },
  { pattern: /mayMail/, advice: 'takeMailQuota' },
  { pattern: /opensByMail/, advice: 'canResetByMail' },
  { pattern: /[wW]ayIn\b|way-in/, advice: 'requireSignInMethod' },
  { pattern: /^Taking$/, advice: 'RateLimitRequest' },
  { pattern: /^Verdict$/, advice: 'RateLimitDecision' },
  { pattern: /^Proven$/, advice: 'VerifiedFactor' },
  {
    pattern: /[wW]hoever|[sS]omebody|[nN]obody|[eE]verybody|[aA]nybody/,
    advice: 'the role: caller, account, member, visitor',
  },
]

const sentenceWordsMax = 30
const lineLengthMax = 120

interface Place {
  readonly line: number
  readonly message: string
}

function idiomsIn(piece: Prose): Place[] {
  return idioms
    .filter(({ kind }) => kind === undefined || kind === piece.kind)
    .flatMap(({ pattern, advice }) =>
      [...piece.text.matchAll(pattern)].map(({ 0: found, index }) => {
        return { line: lineIn(piece, index), message: `"${found.trim().replace(/\s+/g, ' ')}": ${advice}` }
      }),
    )
}

function pictureOf(name: string): string | undefined {
  return pictures.find(({ pattern }) => pattern.test(name))?.advice
}

const picturesIn = oncePerFile((file: SourceFile): Place[] => {
  const syntax = syntaxOf(file)
  const places = new Map<string, Place>()
  syntax.visit(node => {
    const name = declaredName(node)
    const advice = name === undefined ? undefined : pictureOf(name)
    if (name === undefined || advice === undefined || places.has(name)) return
    places.set(name, {
      line: syntax.lineOf(node.start),
      message: `${name} is a picture; use the field’s word: ${advice}`,
    })
  })
  return [...places.values()]
})

function declaredName(node: AstNode): string | undefined {
  return node.type === 'Identifier' ? (node.name as string) : undefined
}

/** Lines and sentences of a document that are too long. Tables, code, links and generated parts are exempt. */
const longIn = oncePerFile((file: SourceFile): Place[] => {
  const text = withoutCode(file.text).replace(/^<!-- made from[\s\S]*?^<!-- end/gm, part => part.replace(/[^\n]/g, ''))
  const lines = text.split('\n').map(line => (/^\s*(\||#|<)/.test(line) ? '' : line))
  const long = lines.flatMap((line, index) => {
    if (line.replace(/\]\([^)]*\)/g, ']').length <= lineLengthMax) return []
    return [{ line: index + 1, message: `${line.length} characters, ${lineLengthMax} at most; break the line` }]
  })
  return [...long, ...longSentences(lines)]
})

function longSentences(lines: readonly string[]): Place[] {
  const places: Place[] = []
  let words = 0
  let start = 1
  const close = (line: number) => {
    if (words > sentenceWordsMax) {
      places.push({ line: start, message: `a sentence of ${words} words, ${sentenceWordsMax} at most; make two` })
    }
    words = 0
    start = line
  }
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || /^\s*([-*]|\d+\.) /.test(line)) close(index + 1)
    for (const word of line
      .replace(/`[^`]*`/g, 'code')
      .replace(/\]\([^)]*\)/g, ']')
      .split(/\s+/)) {
      if (!/[\p{L}\d]/u.test(word)) continue
      if (words === 0) start = index + 1
      words++
      if (/[.!?:;][)\]*"”]*$/.test(word)) close(index + 1)
    }
  }
  close(lines.length)
  return places
}

const fileNamePictures = oncePerFile((file: SourceFile): Place[] => {
  const advice = isCode(file.path) ? pictureOf(baseName(file.path)) : undefined
  return advice === undefined
    ? []
    : [{ line: 1, message: `the file name is a picture; use the field’s word: ${advice}` }]
})

const idiomsOf = oncePerFile((file: SourceFile): Place[] => proseOf(file).flatMap(idiomsIn))

/** The finder of each rule. */
const finders: ReadonlyMap<string, (file: SourceFile) => readonly Place[]> = new Map([
  ['plain-english', idiomsOf],
  ['terms-of-the-field', file => (isCode(file.path) ? [...fileNamePictures(file), ...picturesIn(file)] : [])],
  ['short-sentences', file => (file.path.endsWith('.md') ? longIn(file) : [])],
])

/** The findings of an English rule in the whole tree. */
export function englishFindings(tree: Tree, rule: string): Finding[] {
  return [...tree.values()].flatMap(file =>
    (finders.get(rule)?.(file) ?? []).map(place => ({ path: file.path, ...place })),
  )
}

export const englishRuleNames: readonly string[] = [...finders.keys()]

function englishRule(name: string, why: string): Rule {
  return { name, why, check: tree => englishFindings(tree, name) }
}

export const englishRules: readonly Rule[] = [
  englishRule('plain-english', 'A reader who has to translate a sentence before understanding it loses the thread.'),
  englishRule('terms-of-the-field', 'A newcomer searches for the words of the field.'),
  englishRule('short-sentences', 'A wall of words is skipped.'),
]
