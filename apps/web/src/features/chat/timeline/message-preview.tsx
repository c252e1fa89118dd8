/** What the first address of a message leads to. Its picture is this server's own copy: nobody else is called. */
import type { Preview } from '@octet/contracts/chat'
import classes from '../files/files.module.css'

/** The host, for pages that do not say what site they belong to. */
function siteOf({ url, siteName }: Preview): string {
  return siteName || (URL.parse(url)?.host ?? '')
}

export function MessagePreview({ preview }: { preview: Preview | null }) {
  // Others wrote it: it leads to the web, or nowhere.
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
