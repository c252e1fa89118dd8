/** A rough, immediate estimate of how hard a password is to guess. The server knows the common ones and decides. */

export type Strength = 'weak' | 'fair' | 'strong'

const fairLength = 12
const strongLength = 16

/** The password with repeats and runs (`aaa`, `123`, `cba`) counted once: a long run is as easy as a short one. */
function distinctLength(password: string): number {
  const codes = Array.from(password, char => char.codePointAt(0) ?? 0)
  return codes.filter((code, index) => {
    const previous = codes[index - 1]
    return previous === undefined || Math.abs(code - previous) > 1
  }).length
}

/** Length counts most; the user's own name or address in it counts for nothing. */
export function passwordStrength(password: string, ownWords: readonly string[] = []): Strength {
  const bare = ownWords
    .filter(word => word.length >= 3)
    .reduce((text, word) => text.replaceAll(word.toLowerCase(), ''), password.toLowerCase())
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter(kind => kind.test(password)).length
  const size = Math.min(distinctLength(bare), new Set(bare).size * 2) + (kinds - 1)
  if (size >= strongLength) return 'strong'
  return size >= fairLength ? 'fair' : 'weak'
}
