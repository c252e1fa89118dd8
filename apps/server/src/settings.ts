/** Every setting of the server, in one place. */
import { type ConfigOf, type Setting, setting } from '@octet/config'
import { parseMailbox } from '@octet/mail'
import { logLevels } from '@octet/observe'
import { modules } from './modules.ts'

const names = modules.map(module => module.contract.name as string)

interface OpenidProvider {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

function providers(about: string): Setting<readonly OpenidProvider[]> {
  return {
    about,
    fallback: [],
    read: text =>
      text.split(';').map(one => {
        const [name = '', issuer = '', clientId = '', clientSecret = ''] = one.trim().split(/\s+/)
        const isWhole = /^[a-z][a-z0-9-]{0,29}$/.test(name) && URL.canParse(issuer) && clientSecret !== ''
        if (!isWhole) throw new Error('must be: name issuer client-id client-secret; …')
        return { name, issuer, clientId, clientSecret }
      }),
  }
}

function mailbox(about: string): Setting<string | undefined> {
  return {
    about,
    fallback: undefined,
    read(text) {
      parseMailbox(text)
      return text
    },
  }
}

export const settings = {
  PORT: setting.integer('port to listen on; 0 takes a free one', 3000, { min: 0, max: 65_535 }),
  HOST: setting.text('address to listen on', '127.0.0.1'),
  OCTET_DATA: setting.text('data directory', '.octet'),
  OCTET_DEMO: setting.flag('demo data on an empty data directory', true),
  OCTET_MODULES: setting.subset('modules this process serves', names),
  OCTET_PEERS: setting.addresses('where other processes serve the rest: links=http://10.0.0.2:3000,…', names),
  OCTET_URL: setting.url('where people reach this installation; needed behind a proxy', ['http', 'https']),
  OCTET_TRUSTED_PROXIES: setting.integer('proxies in front whose X-Forwarded-For is believed', 0, { min: 0, max: 10 }),
  OCTET_LIMITS_SCALE: setting.number('multiplies every rate limit', 1, { min: 0.01, max: 1_000_000 }),
  OCTET_OUTBOUND_ALLOW: setting.networks('networks that webhooks and previews may reach although they are not public'),
  OCTET_OUTBOUND_PORTS: setting.ports('ports that webhooks and previews may reach on the public internet', [80, 443]),
  OCTET_GEO_DATABASE: setting.file('countries and cities of addresses, in the format of MaxMind (GeoLite2-City.mmdb)'),
  OCTET_COUNTRY_HEADER: setting.text('header in which a trusted proxy says the country: cf-ipcountry', ''),
  OCTET_APP_SCHEMES: setting.words('schemes of apps that links may open, besides the known: myshop,mybank'),
  OCTET_LOG: setting.choice('least important level that is logged', 'info', logLevels),
  OCTET_LOG_MIB: setting.integer('mebibytes that OCTET_DATA/octet.log and its four predecessors may take', 100, {
    min: 25,
    max: 1_000_000,
  }),
  OCTET_WEB: setting.flag('serve the web client', true),
  OCTET_SECRET_KEY_FILE: setting.file('base64 of 32 bytes that seal secrets at rest; else OCTET_DATA/secret.key'),
  OCTET_OPENID: providers('sign-in providers: name issuer client-id client-secret; …'),
  OCTET_DISPOSABLE_MAIL: setting.flag('let people register with throw-away addresses', false),
  SMTP_URL: setting.url('mail server: smtp://user:password@host:587; mails are kept when not set', ['smtp', 'smtps']),
  MAIL_FROM: mailbox('sender of all mails: Octet <no-reply@example.org>; needed with SMTP_URL'),
  OCTET_ERASURE_DAYS: setting.integer('days in which a deleted account can be taken back', 14, { min: 0, max: 90 }),
  OCTET_STORAGE: setting.file('folder of uploaded files, which processes may share; else OCTET_DATA/files'),
  S3_URL: setting.url('S3 with the bucket as path: https://s3.example.org/octet; a folder when not set', [
    'http',
    'https',
  ]),
  S3_ACCESS_KEY: setting.file('who Octet is to S3'),
  S3_SECRET_KEY: setting.file('its secret'),
  S3_REGION: setting.text('region of the bucket', 'us-east-1'),
  REDIS_URL: setting.url('Redis, by which processes tell of live events at once and count rate limits together', [
    'redis',
    'rediss',
  ]),
  DATABASE_URL: setting.url('PostgreSQL; the embedded one when not set', ['postgres', 'postgresql']),
}

export type Config = ConfigOf<typeof settings>
