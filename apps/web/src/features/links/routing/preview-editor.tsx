/** The preview card of a link, rendered as chats and social networks show it. */

import { Textarea, TextInput } from '@mantine/core'
import { IconPhoto } from '@tabler/icons-react'
import { shortAddress } from '../../../shared/format.ts'
import { useT } from '../../../shared/i18n.tsx'
import { limits } from '../limits.ts'
import classes from './routing.module.css'
import type { RoutingErrors, RoutingValues } from './routing-values.ts'

type Preview = RoutingValues['preview']

export interface PreviewEditorProps {
  readonly preview: Preview
  readonly shortUrl: string
  readonly errors: RoutingErrors
  readonly onChange: (preview: Preview) => void
}

/** The picture itself is not loaded: it is on another site, and the policy of the page blocks that. */
function Card({ preview, shortUrl }: Pick<PreviewEditorProps, 'preview' | 'shortUrl'>) {
  const t = useT()
  return (
    <figure className={classes.chatCard} aria-label={t('routing.preview-card')}>
      <div className={classes.chatPicture}>
        <IconPhoto size={28} stroke={1.5} aria-hidden="true" />
        <span className="truncate">
          {preview.imageUrl === '' ? t('routing.preview-no-image') : shortAddress(preview.imageUrl)}
        </span>
      </div>
      <figcaption>
        <span className="dimmed">{shortAddress(shortUrl).split('/')[0]}</span>
        <strong>{preview.title || t('routing.preview-untitled')}</strong>
        {preview.description === '' ? null : <span>{preview.description}</span>}
      </figcaption>
    </figure>
  )
}

export function PreviewEditor({ preview, shortUrl, errors, onChange }: PreviewEditorProps) {
  const t = useT()
  const field = (name: keyof Preview) => ({
    value: preview[name],
    error: errors[`preview/${name}`],
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...preview, [name]: event.currentTarget.value }),
  })
  return (
    <section className={classes.section} aria-labelledby="preview-title">
      <div>
        <h2 id="preview-title">{t('routing.preview')}</h2>
        <p className="dimmed">{t('routing.preview-hint')}</p>
      </div>
      <div className={classes.previewColumns}>
        <div className={classes.cards}>
          <TextInput
            {...field('title')}
            label={t('routing.preview-title')}
            autoComplete="off"
            maxLength={limits.previewTitle.max}
          />
          <Textarea
            {...field('description')}
            label={t('routing.preview-description')}
            rows={3}
            maxLength={limits.previewDescription.max}
          />
          <TextInput
            {...field('imageUrl')}
            label={t('routing.preview-image')}
            type="url"
            autoComplete="off"
            spellCheck={false}
            maxLength={limits.url.max}
          />
        </div>
        <Card preview={preview} shortUrl={shortUrl} />
      </div>
    </section>
  )
}
