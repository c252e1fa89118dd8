/** Webhooks and their deliveries: queries and changes. */
import type { Input, Webhook } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { useOfferUndo } from '../../../shared/offer-undo.ts'
import { linksApi } from '../api.ts'

/** Same as in the contract; shown in this order. */
export const webhookEvents = ['link.created', 'link.updated', 'link.deleted', 'link.clicked', 'link.expired'] as const

export type DeliveryState = 'pending' | 'delivered' | 'failed'

const key = ['links', 'webhooks'] as const
const pollMs = 5_000

export const webhooksQuery = queryOptions({
  queryKey: [...key, 'list'],
  queryFn: async ({ signal }) => (await linksApi.listWebhooks({}, { signal })).data,
})

export const deliveriesQuery = (id: string, state?: DeliveryState) =>
  infiniteQueryOptions({
    queryKey: [...key, 'deliveries', id, state ?? ''],
    queryFn: ({ pageParam, signal }) =>
      linksApi.listWebhookDeliveries({ id, state, cursor: pageParam, limit: 25 }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.meta.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: pollMs,
  })

export const deliveryQuery = (id: string, deliveryId: string) =>
  queryOptions({
    queryKey: [...key, 'delivery', id, deliveryId],
    queryFn: ({ signal }) => linksApi.getWebhookDelivery({ id, deliveryId }, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'pending' ? pollMs : false),
  })

function useRefresh(): () => Promise<void> {
  const queryClient = useQueryClient()
  return () => queryClient.invalidateQueries({ queryKey: key })
}

export function useCreateWebhook() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (input: Input<typeof links, 'createWebhook'>) => linksApi.createWebhook(input),
    onSuccess: () => void refresh(),
  })
}

type WebhookChange = Omit<Input<typeof links, 'updateWebhook'>, 'id'>

export function useUpdateWebhook({ id, version }: Pick<Webhook, 'id' | 'version'>) {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (change: WebhookChange) => linksApi.updateWebhook({ id, ...change }, { ifMatch: version }),
    // Also after a refusal: another user may have changed it.
    onSettled: refresh,
  })
}

export function useRotateSecret(id: string) {
  const refresh = useRefresh()
  return useMutation({ mutationFn: () => linksApi.rotateWebhookSecret({ id }), onSuccess: () => void refresh() })
}

export function usePing(id: string) {
  const refresh = useRefresh()
  return useMutation({ mutationFn: () => linksApi.pingWebhook({ id }), onSuccess: refresh })
}

export function useResend(id: string) {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (deliveryId: string) => linksApi.resendWebhookDelivery({ id, deliveryId }),
    onSuccess: refresh,
  })
}

export function useDeleteWebhook() {
  const refresh = useRefresh()
  const offerUndo = useOfferUndo()
  return ({ id }: Pick<Webhook, 'id'>) =>
    offerUndo({
      id,
      message: t => t('webhooks.deleted'),
      run: async isLeaving => {
        await linksApi.deleteWebhook({ id }, { keepalive: isLeaving })
        await refresh()
      },
    })
}
