/** Chat in the shell. */
import type { Room } from '@octet/contracts/chat'
import {
  IconArrowBackUp,
  IconBell,
  IconCompass,
  IconHash,
  IconLock,
  IconMessage,
  IconMessages,
  IconPencil,
  IconSearch,
  IconUser,
  IconUsers,
} from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, useEffect } from 'react'
import { defineSystem, type NavSection, type PaletteThing } from '../../shared/app-entry.ts'
import { type Translate, useT } from '../../shared/i18n.tsx'
import type { Session } from '../../shared/session.ts'
import { ChatWatch } from './attention/chat-watch.tsx'
import { onChatCommand, runChatCommand } from './chat-commands.ts'
import { en } from './messages/en.ts'
import { badgeOf } from './rooms/badge.ts'
import { roomsQuery } from './rooms/list-rooms.ts'
import { nextUnread } from './rooms/room-list.ts'
import { roomName } from './rooms/room-name.ts'
import { routes } from './routes.tsx'

const thingsMax = 6

function iconOf({ kind, visibility }: Room) {
  if (kind === 'direct') return IconUser
  return visibility === 'private' ? IconLock : IconHash
}

const navItem = (room: Room, t: Translate) => ({
  label: roomName(room, t),
  to: `/chat/${room.id}`,
  icon: iconOf(room),
  badge: badgeOf(room, t),
})

function useNav(): readonly NavSection[] {
  const t = useT()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const { data: rooms = [] } = useQuery(roomsQuery)
  const path = useRouterState({ select: state => state.location.pathname })
  useEffect(
    () =>
      onChatCommand(command => {
        const next = nextUnread(queryClient.getQueryData(roomsQuery.queryKey) ?? [], path.split('/')[2])
        if (command !== 'next-unread' || next === undefined) return false
        void navigate({ to: '/chat/$roomId', params: { roomId: next.id } })
        return true
      }),
    [navigate, queryClient, path],
  )
  const channels = rooms.filter(({ kind }) => kind === 'channel')
  const directs = rooms.filter(({ kind }) => kind === 'direct')
  return [
    { items: [{ label: t('chat.all'), to: '/chat', icon: IconCompass }] },
    { label: t('chat.rooms'), items: channels.map(room => navItem(room, t)) },
    { label: t('chat.directs'), items: directs.map(room => navItem(room, t)) },
  ].filter(({ items }) => items.length > 0)
}

function useThings(query: string): readonly PaletteThing[] {
  const t = useT()
  const q = query.trim().toLowerCase()
  const { data: rooms = [] } = useQuery({ ...roomsQuery, enabled: q.length > 0 })
  if (q === '') return []
  return rooms
    .filter(room => roomName(room, t).toLowerCase().includes(q))
    .slice(0, thingsMax)
    .map(room => ({
      id: `room-${room.id}`,
      label: roomName(room, t),
      detail: room.topic || t(room.kind === 'direct' ? 'chat.direct' : 'chat.room'),
      to: `/chat/${room.id}`,
    }))
}

const isUser = (session: Session) => session.user !== null

export const chat = defineSystem({
  id: 'chat',
  label: 'chat.title',
  icon: IconMessages,
  accent: 'violet',
  path: '/chat',
  place: 'apps',
  rank: 10,
  routes,
  messages: { en, enPages: () => import('./messages/en-pages.ts'), de: () => import('./messages/de.ts') },
  isFullHeight: true,
  useNav,
  useThings,
  Watch: ChatWatch,
  createId: 'chat-new',
  Dialog: lazy(() => import('./rooms/create-dialog.tsx')),
  commands: [
    {
      id: 'chat-new',
      label: 'chat.new',
      icon: IconMessage,
      isShown: isUser,
      run: context => context.open('chat'),
    },
    {
      id: 'go-chat',
      label: 'chat.go',
      icon: IconMessages,
      keys: ['g', 'c'],
      isShown: isUser,
      run: context => context.goTo('/chat'),
    },
    {
      id: 'chat-next-unread',
      label: 'chat.next-unread',
      icon: IconBell,
      keys: ['n'],
      isShown: isUser,
      run: context => runChatCommand('next-unread') || context.goTo('/chat'),
    },
    {
      id: 'chat-search',
      label: 'chat.search',
      icon: IconSearch,
      keys: ['s'],
      isShown: isUser,
      run: context => runChatCommand('search') || context.goTo('/chat'),
    },
    {
      id: 'chat-members',
      label: 'chat.show-members',
      icon: IconUsers,
      isShown: isUser,
      run: context => runChatCommand('members') || context.goTo('/chat'),
    },
    {
      id: 'chat-reply',
      label: 'chat.reply-last',
      icon: IconArrowBackUp,
      keys: ['r'],
      isShown: isUser,
      run: context => runChatCommand('reply-last') || context.goTo('/chat'),
    },
    {
      id: 'chat-write',
      label: 'chat.write',
      icon: IconPencil,
      keys: ['w'],
      isShown: isUser,
      run: context => runChatCommand('write') || context.goTo('/chat'),
    },
  ],
})
