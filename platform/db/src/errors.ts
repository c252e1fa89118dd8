/** Classifies PostgreSQL's errors. Codes: PostgreSQL manual, appendix A. */

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
}

/** Serialization failure or deadlock: nothing was changed, and a retry is the documented remedy. */
export function retryableTransaction(error: unknown): boolean {
  const code = codeOf(error)
  return code === '40001' || code === '40P01'
}

/** The name of the constraint that refused the row, when `error` is a unique violation. */
export function uniqueViolation(error: unknown): string | undefined {
  if (codeOf(error) !== '23505') return undefined
  return (error as { constraint_name?: string }).constraint_name ?? ''
}

/**
 * A NUL character or half a surrogate pair. JSON can express them, but PostgreSQL's text and jsonb cannot hold them.
 */
export function isUnstorableText(error: unknown): boolean {
  const code = codeOf(error)
  const isHalf = code === '22P02' && /surrogate/.test((error as { detail?: string }).detail ?? '')
  return isHalf || code === '22021' || code === '22P05'
}

const connectionCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '08000',
  '08003',
  '08006',
  '53300', // too_many_connections
])

/** The database is reachable but lacks a resource, and the statement did nothing. */
const shortageCodes = new Set([
  '53000', // insufficient_resources
  '53100', // disk_full
  '53200', // out_of_memory
  '58030', // io_error
])

/** The code of an error by which the database is unreachable, gone or out of space; `undefined` for all others. */
export function outageOf(error: unknown): string | undefined {
  const code = codeOf(error)
  return code !== undefined && (connectionCodes.has(code) || shortageCodes.has(code)) ? code : undefined
}

/** The problem text for such a code. */
export function outageDetail(code: string): string {
  if (code === '53100') return 'The database has no room left on its disk.'
  if (shortageCodes.has(code)) return `The database lacks what it needs (${code}).`
  return `The database connection broke (${code}).`
}
