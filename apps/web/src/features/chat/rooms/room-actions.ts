/** Joins, leaves, creates and changes rooms. */

import { newIdempotencyKey } from '@octet/client'
import type { Input } from '@octet/contracts'
import type { chat, Room } from '@octet/contracts/chat'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { showToast } from '../../../shared/toasts.ts'
import { problemLine } from '../../../shared/ui/problem-text.ts'
import { chatApi } from '../api.ts'
import { addRoom } from './add-room.ts'
import { roomQuery } from './get-room.ts'
import { roomsKey, roomsQuery } from './list-rooms.ts'

export type NewRoom = Input<typeof chat, 'createRoom'>

/** Each content has its own idempotency key, so a retry after a lost answer opens no second room. */
export function useCreateRoom() {
  const queryClient = useQueryClient()
  const tried = useRef<{ content: string; key: string }>(undefined)
  return useMutation({
    mutationFn: (input: NewRoom) => {
      const content = JSON.stringify(input)
      if (tried.current?.content !== content) tried.current = { content, key: newIdempotencyKey() }
      return chatApi.createRoom(input, { idempotencyKey: tried.current.key })
    },
    onSuccess: room => {
      tried.current = undefined
      addRoom(queryClient, room)
    },
  })
}

export function useJoinRoom() {
  const t = useT()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => chatApi.joinRoom({ id }),
    onSuccess: room => addRoom(queryClient, room),
    onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
  })
}

export function useLeaveRoom(room: Room) {
  const t = useT()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => chatApi.leaveRoom({ id: room.id }),
    onSuccess: async () => {
      await navigate({ to: '/chat' })
      queryClient.setQueryData(roomsQuery.queryKey, rooms => rooms?.filter(({ id }) => id !== room.id))
      void queryClient.invalidateQueries({ queryKey: roomsKey })
      void queryClient.invalidateQueries({ queryKey: ['chat', 'browse'] })
      queryClient.removeQueries({ queryKey: roomQuery(room.id).queryKey })
    },
    onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
  })
}

export type RoomChange = Omit<Input<typeof chat, 'updateRoom'>, 'id'>

export function useUpdateRoom(id: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (change: RoomChange) => {
      // Another user may have changed it meanwhile; only the fields that the form changed are overwritten.
      const { version } = await chatApi.getRoom({ id })
      return chatApi.updateRoom({ id, ...change }, { ifMatch: version })
    },
    onSuccess: room => {
      queryClient.setQueryData(roomQuery(id).queryKey, room)
      queryClient.setQueryData(roomsQuery.queryKey, rooms => rooms?.map(each => (each.id === id ? room : each)))
    },
  })
}

export function useDeleteRoom(id: string) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => chatApi.deleteRoom({ id }),
    onSuccess: async () => {
      await navigate({ to: '/chat' })
      void queryClient.invalidateQueries({ queryKey: roomsKey })
    },
  })
}

export type Notify = Input<typeof chat, 'setRoomPreferences'>['notify']

export function useSetNotify(id: string) {
  const t = useT()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (notify: Notify) => chatApi.setRoomPreferences({ id, notify }),
    onSuccess: room =>
      queryClient.setQueryData(roomsQuery.queryKey, rooms => rooms?.map(each => (each.id === id ? room : each))),
    onError: error => showToast({ kind: 'failed', message: problemLine(error, t) }),
  })
}
