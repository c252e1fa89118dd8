/** The members of the room, with the actions of moderators. */
import { ActionIcon, Button, Menu } from '@mantine/core'
import type { Member, MemberRole } from '@octet/contracts/chat'
import { IconDots, IconLink, IconMessage, IconUserOff, IconVolumeOff } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useT } from '../../../shared/i18n.tsx'
import { Avatar } from '../../../shared/ui/avatar.tsx'
import { MoreButton } from '../../../shared/ui/more-button.tsx'
import { FailedState, SkeletonRows } from '../../../shared/ui/states.tsx'
import { useNow } from '../../../shared/ui/when.tsx'
import marks from '../presence/presence.module.css'
import { usePresence } from '../presence/presence.ts'
import { PresenceDot, PresenceWords } from '../presence/presence-mark.tsx'
import { useOpenDirect } from '../rooms/open-direct.ts'
import { PanelFrame } from '../rooms/panel-frame.tsx'
import classes from '../rooms/room.module.css'
import { useOpenRoom } from '../rooms/room-context.ts'
import { personName } from '../rooms/room-name.ts'
import { useBlockPerson } from './block-person.ts'
import { bansQuery } from './list-bans.ts'
import { membersQuery } from './list-members.ts'
import { useMemberAction } from './member-actions.ts'
import { PeopleField } from './people-field.tsx'

const InviteDialog = lazy(() => import('./invite-dialog.tsx'))

const muteMinutes = [10, 60, 1_440] as const
const roles: readonly MemberRole[] = ['member', 'moderator', 'owner']

/** Same as on the server: a member cannot act on a member of the same rank, except owners. */
function outranks(actor: MemberRole, subject: MemberRole): boolean {
  return actor === 'owner' || (actor === 'moderator' && subject === 'member')
}

function MemberMenu({ member, isMuted }: { member: Member; isMuted: boolean }) {
  const t = useT()
  const { room } = useOpenRoom()
  const act = useMemberAction(room.id)
  const openDirect = useOpenDirect()
  const block = useBlockPerson()
  const role = room.membership?.role ?? 'member'
  const name = personName(member, t)
  const userId = member.id
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon aria-label={t('chat.actions-of', { name })}>
          <IconDots size={18} stroke={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconMessage size={16} stroke={1.75} />} onClick={() => openDirect.mutate([userId])}>
          {t('chat.write-to')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconUserOff size={16} stroke={1.75} />}
          onClick={() => block.mutate({ id: userId, name })}
        >
          {t('people.block')}
        </Menu.Item>
        {room.kind === 'channel' && outranks(role, member.role) ? (
          <>
            {role === 'owner'
              ? roles
                  .filter(each => each !== member.role)
                  .map(each => (
                    <Menu.Item key={each} onClick={() => act.mutate({ kind: 'role', userId, role: each })}>
                      {t('chat.make-role', { role: t(`chat.role-${each}`) })}
                    </Menu.Item>
                  ))
              : null}
            {isMuted ? (
              <Menu.Item onClick={() => act.mutate({ kind: 'mute', userId, minutes: 0 })}>{t('chat.unmute')}</Menu.Item>
            ) : (
              muteMinutes.map(minutes => (
                <Menu.Item key={minutes} onClick={() => act.mutate({ kind: 'mute', userId, minutes })}>
                  {t('chat.mute-for', { minutes })}
                </Menu.Item>
              ))
            )}
            <Menu.Item onClick={() => act.mutate({ kind: 'remove', userId })}>{t('chat.remove')}</Menu.Item>
            <Menu.Item color="var(--octet-error)" onClick={() => act.mutate({ kind: 'ban', userId })}>
              {t('chat.ban')}
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  )
}

function MemberRow({ member }: { member: Member }) {
  const t = useT()
  const { myId, room } = useOpenRoom()
  const presence = usePresence(room, member.id)
  const now = useNow()
  const name = personName(member, t)
  const isMuted = member.mutedUntil !== null && Date.parse(member.mutedUntil) > now
  return (
    <li className={classes.member}>
      <span className={marks.holder}>
        <Avatar id={member.id} name={name} src={member.avatarUrl} size={32} />
        <PresenceDot presence={presence} isSilent />
      </span>
      <div className={classes.memberName}>
        <div className="truncate">
          <bdi>{name}</bdi> {member.id === myId ? <span className="dimmed">{t('chat.you')}</span> : null}
        </div>
        <div className="dimmed truncate">
          @{member.username}
          {member.role === 'member' ? null : ` · ${t(`chat.role-${member.role}`)}`}
          {isMuted ? (
            <>
              {' '}
              · <IconVolumeOff size={13} aria-hidden="true" /> {t('chat.is-muted')}
            </>
          ) : null}
          {presence === undefined ? null : ' · '}
          <PresenceWords presence={presence} />
        </div>
      </div>
      {member.id === myId ? null : <MemberMenu member={member} isMuted={isMuted} />}
    </li>
  )
}

function Bans() {
  const t = useT()
  const { room } = useOpenRoom()
  const bans = useQuery(bansQuery(room.id))
  const act = useMemberAction(room.id)
  if (bans.data === undefined || bans.data.data.length === 0) return null
  return (
    <>
      <h3>{t('chat.banned-people')}</h3>
      <ul>
        {bans.data.data.map(({ person }) => (
          <li key={person.id} className={classes.member}>
            <div className={classes.memberName}>
              <bdi>{personName(person, t)}</bdi>
            </div>
            <Button size="xs" variant="default" onClick={() => act.mutate({ kind: 'lift-ban', userId: person.id })}>
              {t('chat.lift-ban')}
            </Button>
          </li>
        ))}
      </ul>
    </>
  )
}

export function MembersPanel({ onClose }: { onClose: () => void }) {
  const t = useT()
  const { room, canModerate } = useOpenRoom()
  const query = useInfiniteQuery(membersQuery(room.id))
  const act = useMemberAction(room.id)
  const [isInviting, setInviting] = useState(false)
  const members = query.data?.pages.flatMap(page => page.data) ?? []
  const canAdd = room.kind === 'channel' && (canModerate || (room.visibility === 'public' && room.membership !== null))
  return (
    <PanelFrame title={t('chat.members', { n: room.memberCount })} onClose={onClose}>
      {canAdd ? (
        <PeopleField
          label={t('chat.add-person')}
          except={members.map(({ id }) => id)}
          onPick={({ id }) => act.mutate({ kind: 'add', userId: id })}
        />
      ) : null}
      {canModerate && room.kind === 'channel' ? (
        <Button variant="default" leftSection={<IconLink size={16} stroke={1.75} />} onClick={() => setInviting(true)}>
          {t('chat.invite')}
        </Button>
      ) : null}
      {query.isPending ? <SkeletonRows count={4} heightPx={48} /> : null}
      {query.isError && members.length === 0 ? (
        <FailedState error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      <ul aria-label={t('chat.people')}>
        {members.map(member => (
          <MemberRow key={member.id} member={member} />
        ))}
      </ul>
      <MoreButton query={query} />
      {canModerate && room.kind === 'channel' ? <Bans /> : null}
      {isInviting ? (
        <Suspense>
          <InviteDialog roomId={room.id} onClose={() => setInviting(false)} />
        </Suspense>
      ) : null}
    </PanelFrame>
  )
}
