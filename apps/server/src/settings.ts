/** What an operator can set: the server's own settings and those of the modules. */
import { type ConfigOf, customSetting, type Setting, type Settings, type SettingsGroup, setting } from '@octet/config'
import { settingsOfModules } from '@octet/kernel'
import { parseMailbox } from '@octet/mail'
import { logLevels } from '@octet/observe'
import { modules } from './modules.ts'

const names = modules.map(module => module.contract.name as string)

const mailbox = customSetting<string | undefined>({
  about: 'sender of all mails: `Octet <no-reply@example.org>`; needed with `SMTP_URL`',
  fallback: undefined,
  read(text) {
    parseMailbox(text)
    return text
  },
})

/** `name=value` pairs separated by commas, in OpenTelemetry's notation: values may be percent-encoded. */
function pairs(about: string, mask?: (text: string) => string): Setting<Readonly<Record<string, string>>> {
  return customSetting<Readonly<Record<string, string>>>({
    about,
    fallback: {},
    ...(mask === undefined ? {} : { mask }),
    read(text) {
      const entries = text.split(',').map(pair => {
        const [name = '', value] = pair.trim().split(/=(.*)/s)
        if (!/^[\w.-]+$/.test(name) || value === undefined) throw new Error(`"${name}" is not name=value`)
        return [name, decodeURIComponent(value)]
      })
      return Object.fromEntries(entries)
    },
  })
}

function hidePairs(text: string): string {
  return text.replace(/=[^,]*/g, '=***')
}

export const serverSettings = {
  PORT: setting.integer('port to listen on; 0 takes a free one', 3000, { min: 0, max: 65_535 }),
  HOST: setting.text('address to listen on', '127.0.0.1'),
  OCTET_URL: setting.url('public address; set it behind a proxy (https turns on `Secure` cookies)', ['http', 'https'], {
    absent: '`http://localhost:PORT`',
  }),
  OCTET_ORIGINS: setting.origins('origins whose pages may call with bearer tokens (CORS): `https://app.example.org`'),
  OCTET_DATA: setting.text('data directory; one process at a time', '.octet'),
  OCTET_DEMO: setting.flag('demo data on an empty installation', true),
  OCTET_WEB: setting.flag('serve the web client', true),
  DATABASE_URL: setting.url(
    'another PostgreSQL 15+; the user needs `CREATEROLE`, and `CREATE` on the database',
    ['postgres', 'postgresql'],
    { absent: 'embedded' },
  ),
  REDIS_URL: setting.url('Redis, by which processes announce live events at once and share rate limits', [
    'redis',
    'rediss',
  ]),
  OCTET_WAIT_SECONDS: setting.integer('how long a start waits for that database and Redis', 30, { min: 0, max: 3_600 }),
  OCTET_ENV_FILE: setting.file('file of further variables, read at start; the environment wins', {
    absent: '.env',
  }),
  OCTET_MODULES: setting.subset('modules that this process serves', names),
  OCTET_PEERS: setting.addresses('where other processes serve the rest: `identity=http://10.0.0.2:3000`', names),
  SMTP_URL: setting.url('mail server: `smtp://user:password@host:587`', ['smtp', 'smtps'], {
    absent: 'mails are kept',
  }),
  MAIL_FROM: mailbox,
  OCTET_SECRET_KEY_FILE: setting.file(
    '32 bytes in base64 that seal secrets at rest; processes on several hosts need the same',
    { absent: '`OCTET_DATA/secret.key`' },
  ),
  OCTET_STORAGE: setting.file('folder of uploaded files, which processes may share', {
    absent: '`OCTET_DATA/files`',
  }),
  S3_URL: setting.url('S3 instead, with the bucket as path: `https://s3.example.org/octet`', ['http', 'https'], {
    absent: 'a folder',
  }),
  S3_REGION: setting.text('region of the bucket', 'us-east-1'),
  S3_ACCESS_KEY: setting.file('file that holds the access key of S3'),
  S3_SECRET_KEY: setting.file('file that holds the secret key of S3'),
  OCTET_TRUSTED_PROXIES: setting.integer('proxies in front whose `X-Forwarded-For` is trusted', 0, {
    min: 0,
    max: 10,
  }),
  OCTET_OUTBOUND_ALLOW: setting.networks(
    'networks that webhooks and previews may reach although they are not public: `10.1.0.0/16`',
  ),
  OCTET_OUTBOUND_PORTS: setting.ports('ports they may reach on the public internet', [80, 443]),
  OCTET_LIMITS_SCALE: setting.number('multiplies every rate limit', 1, { min: 0.01, max: 1_000_000 }),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting.url('receiver of traces (OTLP over HTTP): `http://localhost:4318`', [
    'http',
    'https',
  ]),
  OTEL_EXPORTER_OTLP_HEADERS: pairs('request headers for that receiver: `api-key=…`', hidePairs),
  OTEL_EXPORTER_OTLP_TIMEOUT: setting.integer('time limit of a request to it, in milliseconds', 10_000, {
    min: 100,
    max: 60_000,
  }),
  OTEL_SERVICE_NAME: setting.text('name of this server in traces (`service.name`)', 'octet'),
  OTEL_RESOURCE_ATTRIBUTES: pairs('further attributes of it: `deployment.environment.name=staging`'),
  OTEL_TRACES_SAMPLER_ARG: setting.number(
    'share of ordinary traces that is kept; slow and failed ones always are',
    0.01,
    {
      min: 0.000_001,
      max: 1,
    },
  ),
  OCTET_LOG: setting.choice('lowest level written to `OCTET_DATA/octet.log`', 'info', logLevels),
  OCTET_LOG_MIB: setting.integer('mebibytes of that file and its four predecessors, at most', 100, {
    min: 25,
    max: 1_000_000,
  }),
}

export type ServerConfig = ConfigOf<typeof serverSettings>

/** What must hold between settings. */
function findConflicts(config: ConfigOf<Settings>): string[] {
  const isSet = (name: string) => config[name] !== undefined && config[name] !== ''
  const mistakes: string[] = []
  if (isSet('SMTP_URL') && !isSet('MAIL_FROM')) mistakes.push('SMTP_URL needs MAIL_FROM: the address mails come from')
  if (isSet('S3_URL') && !(isSet('S3_ACCESS_KEY') && isSet('S3_SECRET_KEY'))) {
    mistakes.push('S3_URL needs S3_ACCESS_KEY and S3_SECRET_KEY')
  }
  // Every client can send the header; only a proxy in front that replaces it makes it true.
  if (isSet('OCTET_COUNTRY_HEADER') && config.OCTET_TRUSTED_PROXIES === 0) {
    mistakes.push('OCTET_COUNTRY_HEADER needs a proxy that sets it: OCTET_TRUSTED_PROXIES is 0')
  }
  return mistakes
}

/** All settings of this installation, in the order in which they are shown. */
export const settingsGroups: readonly SettingsGroup[] = [
  { owner: 'server', settings: serverSettings, check: findConflicts },
  ...settingsOfModules(modules),
]
