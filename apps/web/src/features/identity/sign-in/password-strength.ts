/** How hard a password is to guess, roughly and at once; the server knows the common ones and has the last word. */

export type Strength = 'weak' | 'fair' | 'strong'

const fairLength = 12
const strongLength = 16

/** What is left when repeats and runs (`aaa`, `123`, `cba`) count once: a long run is as easy as a short one. */
function distinctLength(password: string): number {
  const codes = Array.from(password, char => char.codePointAt(0) ?? 0)
  return codes.filter((code, index) => {
    const previous = codes[index - 1]
    return previous === undefined || Math.abs(code - previous) > 1
  }).length
}

/** Length counts most; one's own name or address in it counts for nothing. */
export function passwordStrength(password: string, ownWords: readonly string[] = []): Strength {
  const bare = ownWords
    .filter(word => word.length >= 3)
    .reduce((text, word) => text.replaceAll(word.toLowerCase(), ''), password.toLowerCase())
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter(kind => kind.test(password)).length
  const size = Math.min(distinctLength(bare), new Set(bare).size * 2) + (kinds - 1)
  if (size >= strongLength) return 'strong'
  return size >= fairLength ? 'fair' : 'weak'
}
