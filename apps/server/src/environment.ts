/** Variables of the process, completed by those of a file. */
import { loadEnvFile } from 'node:process'
import { ConfigError, type InForce } from '@octet/config'

const defaultFile = '.env'

/**
 * Reads `.env` in the working directory, or the file that `OCTET_ENV_FILE` names, into the environment. A variable that
 * the environment has already keeps its value. Throws a ConfigError when a named file cannot be read.
 */
export function readEnvironment(): InForce {
  const before = new Set(Object.keys(process.env))
  const named = process.env.OCTET_ENV_FILE?.trim() || undefined
  try {
    loadEnvFile(named ?? defaultFile)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (named !== undefined || code !== 'ENOENT') {
      throw new ConfigError([`OCTET_ENV_FILE=${named ?? defaultFile}: cannot be read: ${message}`])
    }
  }
  const fromFile = new Set(Object.keys(process.env).filter(name => !before.has(name)))
  return { environment: process.env, fromFile }
}
