/** What a user agent says of itself: person or machine, and with what. */
import { createMemo } from '@octet/cache'
import Bowser from 'bowser'
import { isbot } from 'isbot'

/** A person; a program that comes by itself; a program that shows a link in a chat before anyone follows it. */
export type VisitorKind = 'human' | 'crawler' | 'preview'

const devices = ['desktop', 'mobile', 'tablet', 'tv'] as const
const systems = ['Android', 'iOS', 'Windows', 'macOS', 'Linux', 'ChromeOS'] as const

export interface UserAgent {
  readonly kind: VisitorKind
  readonly device: (typeof devices)[number] | 'other'
  readonly system: (typeof systems)[number] | 'other'
  /** `Chrome`, `Firefox` …; `tool` for command-line tools and HTTP libraries; `other`. */
  readonly browser: string
}

const knownMax = 10_000
const readLengthMax = 400

/**
 * Programs that a person runs to follow a link: command-line tools, and the HTTP libraries inside apps. Lists of bots
 * name these too, but a visit by them is a visit; only what comes by itself (crawlers, link previews) is counted apart.
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

const unknown: UserAgent = { kind: 'human', device: 'other', system: 'other', browser: 'other' }

/**
 * Reads user agents, each text once: the same few thousand come again and again, and a visit costs one look into a map.
 * `derive` adds what a module needs of each, so that it is worked out once as well.
 */
export function createUserAgents<T>(derive: (userAgent: UserAgent) => T): (text: string) => T {
  const known = createMemo(knownMax, text => derive(parse(text)))
  return text => known(text.length > readLengthMax ? text.slice(0, readLengthMax) : text)
}

function parse(text: string): UserAgent {
  if (text === '') return unknown
  if (tools.test(text)) return { ...unknown, browser: 'tool' }
  const { browser, os, platform } = Bowser.parse(text)
  const isBot = isbot(text)
  return {
    kind: isBot && previewers.test(text) ? 'preview' : isBot ? 'crawler' : 'human',
    device: devices.find(kind => kind === platform.type) ?? 'other',
    system: systems.find(name => name === os.name?.replace(/ /g, '')) ?? systemOf(os.name),
    browser: (browser.name ?? '').replace(/[^\w .+-]/g, '').slice(0, 30) || 'other',
  }
}

function systemOf(name: string | undefined): UserAgent['system'] {
  return name === 'iPadOS' ? 'iOS' : 'other'
}
