/** The result of a bulk operation, item by item. */
import { type Output, Problem } from '@octet/contracts'
import type { Link, links } from '@octet/contracts/links'

type Results = Output<typeof links, 'createLinks'>
type Result = Results['results'][number]

/** Runs one item. An expected problem becomes its result; any other error fails the whole bulk. */
export async function resultOf(index: number, work: () => Promise<Link>): Promise<Result> {
  try {
    return { index, link: await work(), problem: null }
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error
    const { code, status, title, detail = null, errors = [] } = error
    return { index, link: null, problem: { code, status, title, detail, errors: errors.map(one => ({ ...one })) } }
  }
}

/** All results with their totals. */
export function summaryOf(results: Result[]): Results {
  const failed = results.filter(({ problem }) => problem !== null).length
  return { done: results.length - failed, failed, results }
}
