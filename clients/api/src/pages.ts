/** Lists longer than a page, item by item. */

interface Page<Item> {
  readonly data: readonly Item[]
  readonly meta: { readonly nextCursor: string | null }
}

/**
 * Every item of a list, in its order: `for await (const link of each(octet.links.listLinks, { q: 'sale' }))`. Fetches a
 * page when the one before is used up, and holds one page at a time. End the loop early with `break`.
 */
export async function* each<Item, I extends { readonly cursor?: string }>(
  list: (input: I) => Promise<Page<Item>>,
  input: I,
): AsyncGenerator<Item, void> {
  let cursor: string | null | undefined = input.cursor
  do {
    const { data, meta } = await list(cursor === undefined ? input : { ...input, cursor })
    yield* data
    cursor = meta.nextCursor
  } while (cursor !== null)
}
