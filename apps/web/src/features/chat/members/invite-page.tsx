/** The page of an invitation: one click joins the room. The token is in the fragment, so that no log stores it. */

import { Button } from '@mantine/core'
import { IconDoorEnter, IconMailOff } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useT } from '../../../shared/i18n.tsx'
import { Page } from '../../../shared/ui/page.tsx'
import { FailureNotice, StateBox } from '../../../shared/ui/states.tsx'
import { chatApi } from '../api.ts'
import { limits } from '../limits.ts'
import { addRoom } from '../rooms/add-room.ts'

/** The token follows the `#`, so that no server log contains it. */
function useToken(): string | undefined {
  const hash = useRouterState({ select: state => state.location.hash })
  const token = new URLSearchParams(hash).get('t')
  return token === null || token.length < limits.invitation.min ? undefined : token
}

export function InvitePage() {
  const t = useT()
  const token = useToken()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const accept = useMutation({
    mutationFn: (given: string) => chatApi.acceptInvitation({ token: given }),
    onSuccess: room => {
      addRoom(queryClient, room)
      void navigate({ to: '/chat/$roomId', params: { roomId: room.id }, replace: true })
    },
  })
  return (
    <Page title={t('chat.invited')} isNarrow>
      {token === undefined ? (
        <StateBox
          icon={<IconMailOff size={32} stroke={1.5} />}
          title={t('chat.invite-broken')}
          text={t('chat.invite-broken-hint')}
        />
      ) : (
        <>
          <FailureNotice error={accept.error} />
          <StateBox
            icon={<IconDoorEnter size={32} stroke={1.5} />}
            title={t('chat.invited-title')}
            text={t('chat.invited-hint')}
            actions={
              <Button loading={accept.isPending} onClick={() => accept.mutate(token)}>
                {t('chat.join')}
              </Button>
            }
          />
        </>
      )}
    </Page>
  )
}
