/** The reactions under a message; the same button adds and removes the user's own. */
import type { Message } from '@octet/contracts/chat'
import { useT } from '../../../shared/i18n.tsx'
import classes from './message.module.css'

export interface ReactionsProps {
  readonly reactions: Message['reactions']
  readonly myId: string
  readonly nameOf: (userId: string) => string
  readonly onReact: (emoji: string, on: boolean) => void
}

const namesMax = 8

export function Reactions({ reactions, myId, nameOf, onReact }: ReactionsProps) {
  const t = useT()
  if (reactions.length === 0) return null
  return (
    <ul className={classes.reactions} aria-label={t('chat.reactions')}>
      {reactions.map(({ emoji, count, userIds }) => {
        const isMine = userIds.includes(myId)
        const names = userIds.slice(0, namesMax).map(nameOf).join(', ')
        return (
          <li key={emoji}>
            <button
              type="button"
              className={classes.reaction}
              aria-pressed={isMine}
              title={names}
              aria-label={t('chat.reaction', { emoji, n: count, names })}
              onClick={() => onReact(emoji, !isMine)}
            >
              <span aria-hidden="true">{emoji}</span> <span className="numeric">{count}</span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
