/** Explains a problem in the reader's language: what happened, why, and what to do. */

import { ApiProblem, ConnectionError } from '@octet/client'
import { Problem } from '@octet/contracts'
import { hasWords, type MessageKey, type Translate, useT } from '../i18n.tsx'

export interface ProblemText {
  readonly title: string
  /** The remedy, or the more exact text of the server. */
  readonly detail: string | undefined
  readonly requestId: string | undefined
}

/** The message for this code; '' if the code has none, or it has not loaded yet. */
const wordsOf = (code: string, t: Translate) => t(`problem.${code}` as MessageKey)

function hintOf(code: string, t: Translate): string | undefined {
  const key = `problem.${code}-hint`
  return hasWords(key) ? t(key) : undefined
}

function problemText(error: unknown, t: Translate): ProblemText {
  if (error instanceof ConnectionError) {
    const isTimeout = error.reason === 'timeout'
    const title = isTimeout ? t('problem.timeout') : t('problem.offline')
    return { title, detail: t('problem.offline-hint'), requestId: undefined }
  }
  if (!(error instanceof Problem)) {
    return { title: t('problem.unexpected'), detail: t('problem.unexpected-hint'), requestId: undefined }
  }
  const requestId = error instanceof ApiProblem && error.status >= 500 ? error.requestId : undefined
  const words = wordsOf(error.code, t)
  if (words !== '') return { title: words, detail: hintOf(error.code, t), requestId }
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
