/** A sign-in by a provider that needs a second step: the server passes its state in the fragment. */
import type { SecondFactorDemand } from '@octet/contracts/identity'
import { useEffect, useState } from 'react'

export interface HandedOver {
  readonly demand: SecondFactorDemand
  /** The path where the sign-in began. */
  readonly returnTo: string
}

const factors: ReadonlySet<string> = new Set<SecondFactorDemand['factors'][number]>([
  'totp',
  'recovery-code',
  'passkey',
])
/** Only for display; the server decides. */
const expiresIn = 300

function handedOver(fragment: string): HandedOver | undefined {
  const parts = new URLSearchParams(fragment.replace(/^#/, ''))
  const challenge = parts.get('challenge')
  const known = (parts.get('factors') ?? '').split(' ').filter(factor => factors.has(factor))
  if (challenge === null || known.length === 0) return undefined
  const demand = { challenge, factors: known as SecondFactorDemand['factors'], expiresIn }
  return { demand, returnTo: parts.get('returnTo') ?? '/' }
}

/** Reads the state and removes it from the address, because it would stay in the history and in shared screens. */
export function useHandedOver(): HandedOver | undefined {
  const [handed] = useState(() => handedOver(window.location.hash))
  useEffect(() => {
    if (handed === undefined) return
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
  }, [handed])
  return handed
}
