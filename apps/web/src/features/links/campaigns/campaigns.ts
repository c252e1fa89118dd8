/** Templates of campaign parameters: queries and changes. Existing links keep their parameters. */

import { newIdempotencyKey } from '@octet/client'
import type { Utm, UtmTemplate } from '@octet/contracts/links'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { useOfferUndo } from '../../../shared/offer-undo.ts'
import { linksApi } from '../api.ts'

export const templatesQuery = queryOptions({
  queryKey: ['links', 'utm-templates'],
  queryFn: async ({ signal }) => (await linksApi.listUtmTemplates({}, { signal })).data,
  staleTime: 30_000,
})

const byName = (a: UtmTemplate, b: UtmTemplate) => a.name.localeCompare(b.name)

function useShowTemplates() {
  const queryClient = useQueryClient()
  const { queryKey } = templatesQuery
  return (change: (templates: readonly UtmTemplate[]) => readonly UtmTemplate[]): void => {
    queryClient.setQueryData<UtmTemplate[]>(queryKey, templates => templates && [...change(templates)].sort(byName))
    void queryClient.invalidateQueries({ queryKey })
  }
}

export interface NamedUtm {
  readonly name: string
  readonly utm: Utm
}

export function useCreateTemplate() {
  const show = useShowTemplates()
  return useMutation({
    mutationFn: (input: NamedUtm) => linksApi.createUtmTemplate(input, { idempotencyKey: newIdempotencyKey() }),
    onSuccess: template => show(templates => [...templates, template]),
  })
}

export function useUpdateTemplate() {
  const show = useShowTemplates()
  return useMutation({
    mutationFn: (input: NamedUtm & { readonly id: string }) => linksApi.updateUtmTemplate(input),
    onSuccess: template => show(templates => templates.map(each => (each.id === template.id ? template : each))),
  })
}

/** Lists hide a template under this id while its deletion waits. */
export const hiddenTemplate = (id: string) => `links.utm-template.${id}`

export function useDeleteTemplate() {
  const show = useShowTemplates()
  const offerUndo = useOfferUndo()
  return ({ id, name }: Pick<UtmTemplate, 'id' | 'name'>) =>
    offerUndo({
      id: hiddenTemplate(id),
      message: t => t('campaigns.deleted', { name }),
      run: async isLeaving => {
        await linksApi.deleteUtmTemplate({ id }, { keepalive: isLeaving })
        show(templates => templates.filter(each => each.id !== id))
      },
    })
}
