/** The limits of link fields, read from the contract at build time. */
import { links } from '@octet/contracts/links'
import { limitOf } from '../../shared/limits.ts'

const { createLink, updateLinks, listLinks, importLinks, setLinkRouting, addDomain, createWebhook } = links.operations
const { createFolder, createUtmTemplate, renameTag } = links.operations

export const limits = {
  url: limitOf(createLink, 'url'),
  alias: limitOf(createLink, 'alias'),
  title: limitOf(createLink, 'title'),
  clicksMax: limitOf(createLink, 'clicksMax'),
  password: limitOf(createLink, 'password'),
  tags: limitOf(createLink, 'tags'),
  tag: limitOf(createLink, 'tags.[]'),
  utm: limitOf(createLink, 'utm.source'),
  search: limitOf(listLinks, 'q'),
  bulk: limitOf(updateLinks, 'links'),
  csv: limitOf(importLinks, 'csv'),
  tagName: limitOf(renameTag, 'name'),
  folderName: limitOf(createFolder, 'name'),
  templateName: limitOf(createUtmTemplate, 'name'),
  host: limitOf(addDomain, 'host'),
  landingUrl: limitOf(addDomain, 'landingUrl'),
  webhookUrl: limitOf(createWebhook, 'url'),
  webhookDescription: limitOf(createWebhook, 'description'),
  rules: limitOf(setLinkRouting, 'rules'),
  ruleName: limitOf(setLinkRouting, 'rules.[].name'),
  language: limitOf(setLinkRouting, 'rules.[].when.languages.[]'),
  variants: limitOf(setLinkRouting, 'variants'),
  variantName: limitOf(setLinkRouting, 'variants.[].name'),
  weight: limitOf(setLinkRouting, 'variants.[].weight'),
  appUrl: limitOf(setLinkRouting, 'appUrl'),
  previewTitle: limitOf(setLinkRouting, 'preview.title'),
  previewDescription: limitOf(setLinkRouting, 'preview.description'),
}
