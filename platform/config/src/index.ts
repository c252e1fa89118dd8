export { ConfigError, type ConfigOf, readConfig, type Setting, type Settings, setting } from './config.ts'
