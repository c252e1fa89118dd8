/** A user's initial on a colour of their own. It is decoration, because the name stands beside it. */
import classes from './avatar.module.css'

const accents = ['indigo', 'teal', 'orange', 'pink', 'violet', 'cyan', 'green', 'slate'] as const

function accentOf(id: string): string {
  let hash = 0
  for (const char of id) hash = (hash * 31 + char.charCodeAt(0)) % 997
  return accents[hash % accents.length] ?? 'slate'
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

export function Avatar({ id, name, size = 36 }: { id: string; name: string; size?: number }) {
  const [first] = segmenter.segment(name)
  return (
    <span
      className={classes.avatar}
      aria-hidden="true"
      data-initial={first?.segment.toUpperCase() ?? ''}
      style={{ '--avatar': `var(--octet-accent-${accentOf(id)})`, '--avatar-size': `${size}px` }}
    />
  )
}
