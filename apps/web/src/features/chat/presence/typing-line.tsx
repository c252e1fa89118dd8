/** The users who are typing; takes its space even when it is empty, so that nothing moves. */
import { useT } from '../../../shared/i18n.tsx'
import classes from '../rooms/room.module.css'
import { useOpenRoom } from '../rooms/room-context.ts'
import { useRoomView } from '../streams/use-live.ts'

const namesMax = 3

export function TypingLine() {
  const t = useT()
  const { store, nameOf } = useOpenRoom()
  const { typing } = useRoomView(store)
  const names = [...typing.keys()].map(nameOf)
  const text =
    names.length === 0
      ? ''
      : names.length > namesMax
        ? t('chat.typing-many')
        : t('chat.typing', { n: names.length, names: names.join(', ') })
  return <div className={classes.typing}>{text}</div>
}
