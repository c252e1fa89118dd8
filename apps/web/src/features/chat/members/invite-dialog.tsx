/** Invitation links to a room: create one, list the valid ones, revoke one. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { CopyButton } from '../../../shared/ui/copy-button.tsx'
import { Dialog } from '../../../shared/ui/dialog.tsx'
import { FailureNotice } from '../../../shared/ui/states.tsx'
import { When } from '../../../shared/ui/when.tsx'
import { chatApi } from '../api.ts'
import classes from '../dialogs.module.css'

const hours = [24, 72, 720] as const
const uses = [1, 10, 100] as const

function useInvitations(roomId: string) {
  const queryClient = useQueryClient()
  const queryKey = ['chat', 'invitations', roomId]
  const refresh = () => void queryClient.invalidateQueries({ queryKey })
  const list = useQuery({ queryKey, queryFn: ({ signal }) => chatApi.listInvitations({ id: roomId }, { signal }) })
  const create = useMutation({
    mutationFn: (input: { expiresInHours: number; usesMax: number }) =>
      chatApi.createInvitation({ id: roomId, ...input }),
    onSuccess: refresh,
  })
  const revoke = useMutation({
    mutationFn: (invitationId: string) => chatApi.revokeInvitation({ id: roomId, invitationId }),
    onSuccess: refresh,
  })
  return { list, create, revoke }
}

/** The token is in the fragment, so it reaches no server log and no referrer. */
function NewLink({ token }: { token: string }) {
  const t = useT()
  const link = `${location.origin}/chat/invite#t=${token}`
  return (
    <TextInput
      readOnly
      label={t('chat.invite-link')}
      description={t('chat.invite-once')}
      value={link}
      onFocus={event => event.currentTarget.select()}
      rightSection={<CopyButton text={link} label={t('chat.invite-copy')} />}
    />
  )
}

export default function InviteDialog({ roomId, onClose }: { roomId: string; onClose: () => void }) {
  const t = useT()
  const { list, create, revoke } = useInvitations(roomId)
  const [expiresInHours, setHours] = useState(72)
  const [usesMax, setUses] = useState(10)
  return (
    <Dialog opened onClose={onClose} title={t('chat.invite')} size="md">
      <div className={classes.form}>
        <FailureNotice error={create.error ?? revoke.error ?? list.error} />
        <div className={classes.pair}>
          <NativeSelect
            label={t('chat.invite-expires')}
            value={String(expiresInHours)}
            onChange={event => setHours(Number(event.currentTarget.value))}
            data={hours.map(each => ({ value: String(each), label: t('chat.days', { n: each / 24 }) }))}
          />
          <NativeSelect
            label={t('chat.invite-uses')}
            value={String(usesMax)}
            onChange={event => setUses(Number(event.currentTarget.value))}
            data={uses.map(each => ({ value: String(each), label: t('chat.people-count', { n: each }) }))}
          />
        </div>
        <Button loading={create.isPending} onClick={() => create.mutate({ expiresInHours, usesMax })}>
          {t('chat.invite-make')}
        </Button>
        {create.data === undefined ? null : <NewLink token={create.data.token} />}
        {(list.data?.data.length ?? 0) > 0 ? (
          <ul aria-label={t('chat.invite-list')} className={classes.invitations}>
            {list.data?.data.map(invitation => (
              <li key={invitation.id}>
                <span>
                  {t('chat.invite-left', { n: invitation.usesLeft })} · <When time={invitation.expiresAt} />
                </span>
                <Button size="xs" variant="default" onClick={() => revoke.mutate(invitation.id)}>
                  {t('chat.invite-revoke')}
                </Button>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </Dialog>
  )
}
