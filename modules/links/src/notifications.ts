/** What links tells people. */
import { domainLost, domainProofMissing } from './domains/notify-domain-owner.ts'
import { webhookDisabled } from './webhooks/notify-owner.ts'

export const notifications = [domainLost, domainProofMissing, webhookDisabled]
