/** What a user agent says of itself: person or machine, and with what. */
import { deviceKinds, systemNames } from '@octet/contracts'
import Bowser from 'bowser'
import { isbot } from 'isbot'
import { type VisitorKind, whoText } from './click.ts'

export interface UserAgent {
  readonly kind: VisitorKind
  readonly device: (typeof deviceKinds)[number]
  readonly system: (typeof systemNames)[number]
  /** `Chrome`, `Firefox` …, of those known; `other`. */
  readonly browser: string
  /** All that, as a click record has it. */
  readonly who: string
}

const knownMax = 10_000
const readLengthMax = 400

/**
 * What somebody runs to follow a link: command-line tools and the HTTP libraries inside apps. Lists of bots name these
 * too, but a visit by them is a visit; only what comes by itself (crawlers, link previews) is counted apart.
 */
const tools = new RegExp(
  '^(curl|wget|httpie|postmanruntime|insomnia|python|aiohttp|httpx|go-http|okhttp|axios|node|undici|got|java|' +
    'apache-httpclient|dart|k6|autocannon|wrk|hey)\\b',
  'i',
)
const previewers = new RegExp(
  'facebookexternalhit|facebot|twitterbot|slackbot|slack-imgproxy|discordbot|whatsapp|telegrambot|linkedinbot|' +
    'pinterest(bot|/)|skypeuripreview|microsoftpreview|redditbot|vkshare|embedly|iframely|mastodon|bluesky|cardyb|' +
    'mattermost|rocket\\.chat|signal|viber|line-poker|kakaotalk-scrap|google-pagerenderer|xing-contenttabreceiver',
  'i',
)

const known = new Map<string, UserAgent>()
const nobody = withText({ kind: 'human', device: 'other', system: 'other', browser: 'other' })

/**
 * Remembered, because the same few thousand come again and again: a visit costs one look into a map. So what the
 * journal keeps is this verdict, not the text, which with a journal on disk would outlive the visit by weeks.
 */
export function readUserAgent(given: string | undefined): UserAgent {
  if (given === undefined || given === '') return nobody
  const text = given.length > readLengthMax ? given.slice(0, readLengthMax) : given
  let read = known.get(text)
  if (read === undefined) {
    read = parse(text)
    if (known.size >= knownMax) known.clear()
    known.set(text, read)
  }
  return read
}

function parse(text: string): UserAgent {
  if (tools.test(text)) return withText({ ...nobody, browser: 'tool' })
  const { browser, os, platform } = Bowser.parse(text)
  return withText({
    kind: previewers.test(text) && isbot(text) ? 'preview' : isbot(text) ? 'crawler' : 'human',
    device: deviceKinds.find(kind => kind === platform.type) ?? 'other',
    system: systemNames.find(name => name.replace(/ /g, '') === os.name?.replace(/ /g, '')) ?? systemOf(os.name),
    browser: (browser.name ?? '').replace(/[^\w .+-]/g, '').slice(0, 30) || 'other',
  })
}

function withText(read: Omit<UserAgent, 'who'>): UserAgent {
  return { ...read, who: whoText(read) }
}

function systemOf(name: string | undefined): UserAgent['system'] {
  if (name === 'Chrome OS') return 'ChromeOS'
  return name === 'iPadOS' ? 'iOS' : 'other'
}
