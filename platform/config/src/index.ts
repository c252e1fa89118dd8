export {
  type Config,
  ConfigError,
  configOf,
  type Environment,
  readConfig,
  type SettingsGroup,
  settingsOf,
} from './config.ts'
export { describeConfig, type InForce, settingRows } from './describe.ts'
export { type ConfigOf, customSetting, maskedText, type Setting, type Settings, setting } from './setting.ts'
