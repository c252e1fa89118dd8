/** Events of other modules → use cases. */
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import { on } from '@octet/kernel'
import { takeOverExamples } from './manage/take-over-examples.ts'
import { tellOfExpiry } from './manage/tell-of-expiry.ts'
import { tellOwner } from './webhooks/tell-owner.ts'

export const handlers = [
  on(identity, 'owner-created', takeOverExamples),
  on(links, 'link-expired', tellOfExpiry),
  on(links, 'webhook-disabled', tellOwner),
]
