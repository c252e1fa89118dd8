/** The typed client of the links API. */
import { links } from '@octet/contracts/links'
import { createClient } from '../../shared/api.ts'

export const linksApi = createClient(links)
