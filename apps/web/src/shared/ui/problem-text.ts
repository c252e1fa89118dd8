/** What went wrong, in the reader's language: what it was, why, and what to do about it. */
import { Problem } from '@octet/contracts'
import { ApiProblem, OfflineError } from '../api.ts'
import { type MessageKey, type Translate, useT } from '../i18n.tsx'
import { en } from '../messages/en/index.ts'

export interface ProblemText {
  readonly title: string
  /** The way out, or what the server knows more exactly. */
  readonly detail: string | undefined
  readonly requestId: string | undefined
}

function knownKey(key: string): MessageKey | undefined {
  return key in en ? (key as MessageKey) : undefined
}

function problemText(error: unknown, t: Translate): ProblemText {
  if (error instanceof OfflineError) {
    const isTimeout = error.reason === 'timeout'
    const title = isTimeout ? t('problem.timeout') : t('problem.offline')
    return { title, detail: t('problem.offline-hint'), requestId: undefined }
  }
  if (!(error instanceof Problem)) {
    return { title: t('problem.unexpected'), detail: t('problem.unexpected-hint'), requestId: undefined }
  }
  const requestId = error instanceof ApiProblem && error.status >= 500 ? error.requestId : undefined
  const key = knownKey(`problem.${error.code}`)
  const hint = knownKey(`problem.${error.code}-hint`)
  if (key !== undefined) return { title: t(key), detail: hint === undefined ? undefined : t(hint), requestId }
  return { title: error.title, detail: error.detail === error.title ? undefined : error.detail, requestId }
}

/** The problem as one line. */
export function problemLine(error: unknown, t: Translate): string {
  const { title, detail } = problemText(error, t)
  return detail === undefined ? title : `${title} ${detail}`
}

export function useProblemText(error: unknown): ProblemText {
  return problemText(error, useT())
}
