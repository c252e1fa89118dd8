/** The settings of links for operators. */
import { setting } from '@octet/config'
import { geoSettings } from '@octet/geo'

export const settings = {
  ...geoSettings,
  OCTET_APP_SCHEMES: setting.words('schemes of apps that links may open, besides the known: `myshop`'),
}
