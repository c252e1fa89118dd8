/** The unread count in the title of the tab, and notifications for users who enabled them. */
import type { Room } from '@octet/contracts/chat'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { useWaitingInTitle } from '../../../shared/document-title.ts'
import { useT } from '../../../shared/i18n.tsx'
import { useUser } from '../../../shared/session.ts'
import { useNow } from '../../../shared/ui/when.tsx'
import { personName, roomName } from '../rooms/room-name.ts'
import type { OnSaid } from '../streams/chat-live.ts'
import { useChatLive, useRooms } from '../streams/use-live.ts'
import { plainText } from '../timeline/markdown.ts'
import { isForMe, isQuiet, waitingCount } from './attention-rules.ts'
import { chatSettingsQuery } from './chat-settings.ts'
import { watchNotifyingTab } from './notifying-tab.ts'

/** Another device may have turned on do-not-disturb shortly before. */
const settingsAgeMs = 5_000
const wordsMax = 160

/** Title and text of a notification: enough to decide whether to look. */
function useWording() {
  const t = useT()
  const user = useUser()
  const live = useChatLive()
  return (room: Room, { from = '', body }: Parameters<OnSaid>[1]) => {
    const known = (id: string) => room.people.find(each => each.id === id) ?? live.peopleOf(room.id)?.get(id)
    const nameOf = (id: string) => personName(id === user.id ? user : known(id), t)
    const words = room.isEncrypted ? t('chat.tell-sealed') : plainText(body.body, nameOf).slice(0, wordsMax)
    const author = known(from)
    const place = roomName(room, t)
    const name = personName(author, t)
    const isBetweenTwo = room.kind === 'direct' && room.people.length === 1
    const title = isBetweenTwo ? name : author === undefined ? place : t('chat.tell-in', { name, room: place })
    return { title, words: words === '' ? t('chat.files', { n: body.files.length }) : words }
  }
}

/** Shows a notification for a room; it replaces the previous one. */
function useNotify() {
  const navigate = useNavigate()
  const wording = useWording()
  return (room: Room, event: Parameters<OnSaid>[1]): Notification => {
    const { title, words } = wording(room, event)
    const options = { body: words, tag: `octet-chat-${room.id}`, renotify: true }
    const shown = new Notification(title, options)
    shown.onclick = () => {
      window.focus()
      shown.close()
      const search = event.body.threadId === null ? {} : { thread: event.body.threadId }
      void navigate({ to: '/chat/$roomId', params: { roomId: room.id }, search })
    }
    return shown
  }
}

function Notifier() {
  const live = useChatLive()
  const { id: userId } = useUser()
  const queryClient = useQueryClient()
  const rooms = useRooms()
  const notify = useNotify()
  const onSaid = useEffectEvent(async (isMine: () => Promise<boolean>, ...[roomId, event]: Parameters<OnSaid>) => {
    const room = rooms?.find(({ id }) => id === roomId)
    if (room === undefined || !isForMe(room, event, userId, Date.now()) || !(await isMine())) return
    const settings = await queryClient.fetchQuery({ ...chatSettingsQuery, staleTime: settingsAgeMs })
    if (!isQuiet(settings.doNotDisturbUntil, Date.now())) return notify(room, event)
  })
  useEffect(() => {
    const notifyingTab = watchNotifyingTab(userId)
    const shown = new Map<string, Notification>()
    const stop = live.onSaid((roomId, event) => {
      // Without known settings, or without the browser's permission, nothing is shown.
      onSaid(notifyingTab.isMine, roomId, event).then(
        notification => notification && shown.set(roomId, notification),
        () => undefined,
      )
    })
    const close = () => {
      for (const each of shown.values()) each.close()
      shown.clear()
    }
    addEventListener('focus', close)
    return () => {
      removeEventListener('focus', close)
      stop()
      notifyingTab.stop()
      close()
    }
  }, [live, userId])
  return null
}

export default function Attention({ isNotified }: { isNotified: boolean }) {
  useChatLive()
  const rooms = useRooms() ?? []
  const settings = useQuery(chatSettingsQuery).data
  const now = useNow()
  useWaitingInTitle(isQuiet(settings?.doNotDisturbUntil, now) ? 0 : waitingCount(rooms))
  return isNotified ? <Notifier /> : null
}
