export { isMailAddress, parseMailbox } from './address.ts'
export type { Content, Language, Rendered } from './content.ts'
export {
  type KeptMail,
  type Mail,
  type Mailer,
  mailMigrations,
  type Outbox,
  openPostOffice,
  type PostOffice,
  type PostOfficeOptions,
  type SmtpOptions,
} from './mail.ts'
