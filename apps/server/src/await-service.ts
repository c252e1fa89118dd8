/** Waits for a service of another machine that may start later than this process. */
import { setTimeout as delay } from 'node:timers/promises'

export interface AwaitedService {
  /** `the database octet at db:5432` */
  readonly name: string
  /** Setting that says where it is. */
  readonly setting: string
  /** Connects once. Rejects when the service cannot be used. */
  readonly connect: () => Promise<void>
  /** Whether that may pass by itself: the service is not there yet, or still starting. */
  readonly isTransient: (error: unknown) => boolean
}

export interface Patience {
  readonly waitMs: number
  /** Stops the waiting. */
  readonly signal?: AbortSignal | undefined
  /** Told what is waited for and for how long still, before each pause. */
  readonly say: (text: string) => void
}

const pauseMs = 500

/** Returns when the service can be used. Throws, with what to look at, when it cannot or does not come in time. */
export async function awaitService(service: AwaitedService, { waitMs, signal, say }: Patience): Promise<void> {
  const deadlineMs = performance.now() + waitMs
  for (;;) {
    try {
      return await service.connect()
    } catch (error) {
      const reason = reasonOf(error)
      const leftMs = deadlineMs - performance.now()
      if (!service.isTransient(error)) throw refusal(service, `cannot be used: ${reason}`, '')
      if (leftMs <= 0) {
        const waited = `did not come within ${waitMs / 1_000} s: ${reason}`
        throw refusal(service, waited, ', or raise OCTET_WAIT_SECONDS')
      }
      say(`waiting for ${service.name} (${reason}), ${Math.ceil(leftMs / 1_000)} s left`)
      await delay(Math.min(pauseMs, leftMs), undefined, { signal }).catch(() => {
        throw new Error(`stopped while waiting for ${service.name}`)
      })
    }
  }
}

function refusal({ name, setting }: AwaitedService, what: string, orElse: string): Error {
  return new Error(`${name} ${what}\nLook at ${setting}${orElse}.`)
}

/** Drivers leave the message empty when every address of a host failed. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string }
  return message || code || String(error)
}
