/** A person's picture, or the initial on a colour of the account. Decoration: the name stands beside it. */
import { useState } from 'react'
import classes from './avatar.module.css'

const accents = ['indigo', 'teal', 'orange', 'pink', 'violet', 'cyan', 'green', 'slate'] as const

function accentOf(id: string): string {
  let hash = 0
  for (const char of id) hash = (hash * 31 + char.charCodeAt(0)) % 997
  return accents[hash % accents.length] ?? 'slate'
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

interface AvatarProps {
  readonly id: string
  readonly name: string
  /** Path of the picture. The initial shows while it loads, and when it does not load. */
  readonly src: string | undefined
  readonly size?: number
}

export function Avatar({ id, name, src, size = 36 }: AvatarProps) {
  const [first] = segmenter.segment(name)
  return (
    <span
      className={classes.avatar}
      aria-hidden="true"
      data-initial={first?.segment.toUpperCase() ?? ''}
      style={{ '--avatar': `var(--octet-accent-${accentOf(id)})`, '--avatar-size': `${size}px` }}
    >
      {src === undefined ? null : <AvatarPicture key={src} src={src} />}
    </span>
  )
}

/** Covers the positioned element around it. */
export function AvatarPicture({ src }: { src: string }) {
  const [isMissing, setMissing] = useState(false)
  if (isMissing) return null
  return <img className={classes.picture} src={src} alt="" decoding="async" onError={() => setMissing(true)} />
}
