/**
 * "Confirm that it is you". A request that the server refuses with `fresh-sign-in-required` waits here, while one
 * dialog asks for a password, a code or a passkey. Then it is sent again. The API client asks, `identity/step-up.tsx`
 * answers.
 */
import { useSyncExternalStore } from 'react'

interface Question {
  readonly answered: Promise<boolean>
  readonly answer: (isConfirmed: boolean) => void
}

let question: Question | undefined
let hosts = 0
const listeners = new Set<() => void>()

function show(next: Question | undefined): void {
  question = next
  for (const listener of listeners) listener()
}

/** Whether the user confirmed. Requests that are refused together share one question. */
export function confirmPresence(): Promise<boolean> {
  if (question !== undefined) return question.answered
  if (hosts === 0) return Promise.resolve(false)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  show({ answered: promise, answer: resolve })
  return promise
}

export function answerPresence(isConfirmed: boolean): void {
  const asked = question
  show(undefined)
  asked?.answer(isConfirmed)
}

/** Registers the dialog; without it the question is not asked. Returns a function that unregisters it. */
export function hostPresence(): () => void {
  hosts++
  return () => {
    hosts--
    if (hosts === 0) answerPresence(false)
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether the question is on the screen, above any other dialog. */
export function useIsConfirming(): boolean {
  return useSyncExternalStore(subscribe, () => question !== undefined)
}
