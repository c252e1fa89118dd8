/** The messages of the example rooms. */
import { type ExamplePerson, examplePeople } from '@octet/contracts/examples'

export interface DemoLine {
  readonly by: ExamplePerson
  readonly hoursAgo: number
  readonly text: string
  readonly reactions?: Readonly<Record<string, readonly ExamplePerson[]>>
  readonly isPinned?: boolean
  /** Whether the message replies to the one before it. */
  readonly isReply?: boolean
  /** Replies in the thread of this message. */
  readonly thread?: readonly DemoLine[]
  /** Carries the example picture. */
  readonly hasPicture?: boolean
}

export interface DemoRoom {
  readonly name: string
  readonly topic: string
  readonly members: readonly [owner: ExamplePerson, ...others: ExamplePerson[]]
  readonly lines: readonly DemoLine[]
}

const at = (who: ExamplePerson) => `<@${examplePeople[who].id}>`

export const demoRooms: readonly DemoRoom[] = [
  {
    name: 'Town square',
    topic: 'Everyone is here. Say hello, ask anything.',
    members: ['mira', 'jonas', 'priya', 'tomas', 'aiko'],
    lines: [
      {
        by: 'mira',
        hoursAgo: 73,
        text: '**Welcome to Octet chat.** This room is for everyone. Rooms on particular topics are under *Browse*; anyone may open one.',
        isPinned: true,
        reactions: { '👋': ['jonas', 'priya', 'tomas', 'aiko'] },
      },
      { by: 'tomas', hoursAgo: 72.8, text: 'Good morning! Is the coffee machine on the second floor alive again?' },
      {
        by: 'jonas',
        hoursAgo: 72.7,
        text: 'It is. I gave it a new filter and a stern look.',
        reactions: { '☕': ['tomas', 'aiko', 'mira'], '🙏': ['tomas'] },
      },
      {
        by: 'aiko',
        hoursAgo: 50,
        text: 'The new sign at the entrance has our QR code on it. Could anyone with an old phone try it?',
        thread: [
          { by: 'jonas', hoursAgo: 49.9, text: 'Works on mine, and mine is from 2017.' },
          { by: 'priya', hoursAgo: 49.6, text: 'Works, even at an angle. The quiet zone could be wider, though.' },
          {
            by: 'aiko',
            hoursAgo: 49.5,
            text: 'Good point, the printer cut it. I will ask for 4 modules on each side.',
            reactions: { '👍': ['priya'] },
          },
        ],
      },
      {
        by: 'priya',
        hoursAgo: 26,
        text: `${at('tomas')} the open day is on the 12th, yes? I need to book the band.`,
      },
      { by: 'tomas', hoursAgo: 25.8, text: 'Yes, 12th, from 11 until the cake is gone.', isReply: true },
      {
        by: 'mira',
        hoursAgo: 3,
        text: 'Reminder: fire drill at three. It is *not* a surprise, I am telling you now.',
        reactions: { '🔥': ['jonas'], '👍': ['priya', 'aiko'] },
      },
      { by: 'aiko', hoursAgo: 2.4, text: 'Lunch outside? The sun is back.' },
      { by: 'jonas', hoursAgo: 2.3, text: 'In five minutes at the bench.', reactions: { '🌞': ['aiko', 'tomas'] } },
    ],
  },
  {
    name: 'Launch week',
    topic: 'Site, newsletter and links for the launch. Decisions are pinned.',
    members: ['priya', 'mira', 'jonas', 'aiko'],
    lines: [
      {
        by: 'priya',
        hoursAgo: 52,
        text: 'Plan for the week:\n\n1. Monday: texts final\n2. Tuesday: links and QR codes\n3. Wednesday: dry run\n4. **Thursday 09:00: live**',
        isPinned: true,
        reactions: { '🚀': ['mira', 'jonas', 'aiko'], '✅': ['jonas'] },
      },
      {
        by: 'jonas',
        hoursAgo: 47,
        text: 'Short links for the newsletter are done. To check one from a terminal:\n\n```sh\ncurl -sI http://localhost:3000/s/launch | grep -i location\n```',
        thread: [
          { by: 'mira', hoursAgo: 46.8, text: 'Do clicks from the check count as visitors?' },
          { by: 'jonas', hoursAgo: 46.7, text: 'Yes, `curl` counts as a click, with “tool” as its browser.' },
        ],
      },
      { by: 'mira', hoursAgo: 28, text: `${at('aiko')} can the header picture be a little calmer on phones?` },
      {
        by: 'aiko',
        hoursAgo: 27.5,
        text: 'Cropped to the left third below 480 px, looks much better. It goes out with the next build.',
        isReply: true,
        reactions: { '💛': ['mira', 'priya'] },
      },
      {
        by: 'priya',
        hoursAgo: 4.5,
        text: 'Dry run went well: 2,140 of 2,146 mails delivered, first click after nine seconds.',
        reactions: { '🎉': ['mira', 'jonas', 'aiko'] },
      },
      {
        by: 'jonas',
        hoursAgo: 4.4,
        text: 'The six that bounced have typos in the address. List is in the sheet.',
      },
      { by: 'priya', hoursAgo: 1.2, text: 'Then we are ready. Hands off until Thursday :)' },
    ],
  },
  {
    name: 'Out and about',
    topic: 'Walks, pictures, weather.',
    members: ['tomas', 'mira', 'aiko', 'jonas'],
    lines: [
      {
        by: 'tomas',
        hoursAgo: 30,
        text: 'Who is coming up to the ridge on Saturday? Three hours up, one and a half down.',
      },
      { by: 'aiko', hoursAgo: 29.5, text: 'Me! I’ll bring rice balls.', reactions: { '🍙': ['tomas', 'mira'] } },
      { by: 'mira', hoursAgo: 29, text: 'If my knee lets me. Is there a bus back from the lake?' },
      { by: 'tomas', hoursAgo: 28.8, text: 'Every hour until eight.', isReply: true },
      {
        by: 'tomas',
        hoursAgo: 1.7,
        text: 'From last time, ten minutes before the sun went down:',
        hasPicture: true,
        reactions: { '😍': ['aiko', 'mira', 'jonas'] },
      },
    ],
  },
]

/** Mira's greeting to the first administrator. */
export const demoGreeting =
  'Hello, and welcome! I am one of the example people of this installation. I cannot read or answer, but you can try everything here: write, edit, react, reply, send a file. You own the example rooms; delete them when you are done.'
