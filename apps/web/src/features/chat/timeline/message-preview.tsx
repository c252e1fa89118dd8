/**
 * The preview of the first address in a message. Its picture is this server's own copy, so the browser contacts no
 * other site.
 */
import type { Preview } from '@octet/contracts/chat'
import classes from '../files/files.module.css'

/** The host, for pages that do not name their site. */
function siteOf({ url, siteName }: Preview): string {
  return siteName || (URL.parse(url)?.host ?? '')
}

export function MessagePreview({ preview }: { preview: Preview | null }) {
  // Another user wrote the address: link only to web pages.
  if (preview === null || !/^https?:\/\//i.test(preview.url)) return null
  const { url, title, description, imageFileId } = preview
  return (
    <a className={classes.preview} href={url} target="_blank" rel="noopener noreferrer nofollow ugc">
      <span className={classes.previewText}>
        <bdi className={`${classes.previewSite} truncate`}>{siteOf(preview)}</bdi>
        <bdi className={classes.previewTitle}>{title}</bdi>
        {description === '' ? null : <bdi className={classes.previewDescription}>{description}</bdi>}
      </span>
      {imageFileId === null ? null : (
        <img src={`/chat/files/${imageFileId}`} alt="" width={76} height={76} loading="lazy" decoding="async" />
      )}
    </a>
  )
}
