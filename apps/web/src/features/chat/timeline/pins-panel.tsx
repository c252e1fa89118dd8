/** The pinned messages of the room. */
import { Button } from '@mantine/core'
import { IconPin } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useT } from '../../../shared/i18n.tsx'
import { FailedState, SkeletonRows, StateBox } from '../../../shared/ui/states.tsx'
import { PanelFrame } from '../rooms/panel-frame.tsx'
import classes from '../rooms/room.module.css'
import { useOpenRoom } from '../rooms/room-context.ts'
import { FoundMessage } from './found-message.tsx'
import { pinsQuery } from './list-pins.ts'
import { usePinMessage } from './pin-message.ts'

function Pins() {
  const t = useT()
  const { room, canModerate, nameOf, onJump } = useOpenRoom()
  const pins = useQuery(pinsQuery(room.id))
  const pin = usePinMessage(room.id)
  if (pins.isPending) return <SkeletonRows count={3} heightPx={72} />
  if (pins.data === undefined) return <FailedState error={pins.error} onRetry={() => void pins.refetch()} />
  if (pins.data.data.length === 0) {
    return (
      <StateBox icon={<IconPin size={32} stroke={1.5} />} title={t('chat.no-pins')} text={t('chat.no-pins-hint')} />
    )
  }
  return (
    <ul className={classes.found}>
      {pins.data.data.map(message => (
        <li key={message.id}>
          <FoundMessage
            message={message}
            author={nameOf(message.authorId)}
            onOpen={() => onJump(message.seq)}
            action={
              canModerate || room.kind === 'direct' ? (
                <Button
                  size="xs"
                  variant="subtle"
                  color="gray"
                  onClick={() => pin.mutate({ messageId: message.id, on: false })}
                >
                  {t('chat.unpin')}
                </Button>
              ) : null
            }
          />
        </li>
      ))}
    </ul>
  )
}

export function PinsPanel({ onClose }: { onClose: () => void }) {
  const t = useT()
  return (
    <PanelFrame title={t('chat.pins')} onClose={onClose}>
      <Pins />
    </PanelFrame>
  )
}
