/** Settings of identity. */
import { customSetting, maskedText, setting } from '@octet/config'
import type { ProviderSettings } from './providers/openid-providers.ts'

const providers = customSetting<readonly ProviderSettings[]>({
  about: 'sign-in providers: `name issuer client-id client-secret; …`',
  fallback: [],
  mask: text =>
    text
      .split(';')
      .map(one => one.trim().replace(/^(\S+\s+\S+\s+\S+\s+).*/, `$1${maskedText}`))
      .join('; '),
  read: text =>
    text.split(';').map(one => {
      const [name = '', issuer = '', clientId = '', clientSecret = ''] = one.trim().split(/\s+/)
      const isComplete = /^[a-z][a-z0-9-]{0,29}$/.test(name) && URL.canParse(issuer) && clientSecret !== ''
      if (!isComplete) throw new Error('must be: name issuer client-id client-secret; …')
      return { name, issuer, clientId, clientSecret }
    }),
})

export const settings = {
  OCTET_OPENID: providers,
  OCTET_DISPOSABLE_MAIL: setting.flag('1 lets people register with throw-away addresses', false),
  OCTET_ERASURE_DAYS: setting.integer('days in which a deleted account can be restored', 14, { min: 0, max: 90 }),
}
