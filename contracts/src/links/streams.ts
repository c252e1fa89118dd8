/** Clicks live. Both streams carry totals: the next event makes up for a lost one. */
import { Type } from 'typebox'
import { closed, nullable, stream, Time } from '../define.ts'

const CountedText = Type.String({ description: 'empty when unknown' })

/** One click by a person, with the properties that are stored. */
const RecentClick = closed({
  at: Time,
  country: CountedText,
  device: CountedText,
  referrer: Type.String({ description: 'a host, or (direct)' }),
  variant: CountedText,
})

const totals = { clicks: Type.Integer(), lastClickedAt: nullable(Time) }

export const clicksStream = stream({
  summary: 'Clicks of one link, for its owner; the key is the id of the link',
  durability: 'ephemeral',
  scope: 'links:read',
  events: {
    counted: closed({
      ...totals,
      botClicks: Type.Integer(),
      recent: Type.Array(RecentClick, { maxItems: 10, description: 'newest first; begins with the first subscriber' }),
    }),
  },
})

export const sharedClicksStream = stream({
  summary: 'Clicks of a link with public statistics; the key is the id of the link',
  durability: 'ephemeral',
  scope: 'links:read',
  events: { counted: closed(totals) },
})
