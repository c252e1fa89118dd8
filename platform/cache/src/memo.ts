/** Longer keys are computed each time: strangers' input must not fill the memory. */
const keyLengthMax = 500

/**
 * Remembers the results of a pure function for at most `entriesMax` keys. For hot paths: a known key costs one map
 * lookup. Two generations: when the young one holds half of `entriesMax` it becomes the old one, and unused keys of the
 * old one are dropped. A flood of new keys therefore costs a known key one call of `make`; clearing everything when
 * full would cost all of them one, again and again.
 */
export function createMemo<V>(entriesMax: number, make: (key: string) => V): (key: string) => V {
  const generationMax = Math.max(1, Math.floor(entriesMax / 2))
  let young = new Map<string, { readonly value: V }>()
  let old = new Map<string, { readonly value: V }>()

  return key => {
    const known = young.get(key)
    if (known !== undefined) return known.value
    if (key.length > keyLengthMax) return make(key)
    const entry = old.get(key) ?? { value: make(key) }
    if (young.size >= generationMax) {
      old = young
      young = new Map()
    }
    young.set(key, entry)
    return entry.value
  }
}
