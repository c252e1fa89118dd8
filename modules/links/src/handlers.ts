/** Events of other modules → use cases. */
import { identity, links } from '@octet/contracts'
import { on } from '@octet/kernel'
import { takeOverExamples } from './manage/take-over-examples.ts'
import { tellOfExpiry } from './manage/tell-of-expiry.ts'
import { tellOwner } from './webhooks/tell-owner.ts'

export const handlers = [
  on(identity, 'owner-created', takeOverExamples),
  on(links, 'link-expired', tellOfExpiry),
  on(links, 'webhook-disabled', tellOwner),
]
