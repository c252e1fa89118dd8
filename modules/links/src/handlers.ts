/** Events of other modules → use cases. */
import { identity } from '@octet/contracts/identity'
import { links } from '@octet/contracts/links'
import { on } from '@octet/kernel'
import { publishExpiry } from './manage/publish-expiry.ts'
import { takeOverExamples } from './manage/take-over-examples.ts'
import { notifyOwner } from './webhooks/notify-owner.ts'

export const handlers = [
  on(identity, 'owner-created', takeOverExamples),
  on(links, 'link-expired', publishExpiry),
  on(links, 'webhook-disabled', notifyOwner),
]
