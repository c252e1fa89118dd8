/** The metrics of links. */
import type { Cache } from '@octet/cache'
import type { Journal, Shipper } from '@octet/journal'
import type { Counter, Metrics } from '@octet/observe'

export interface Measured {
  readonly targets: Pick<Cache<unknown>, 'stats'>
  readonly shortDomains: Pick<Cache<unknown>, 'stats'>
  readonly clickJournal: Pick<Journal, 'stats'>
  readonly clickShipper: Pick<Shipper, 'stats'>
}

export interface Measures {
  /** Generated codes that were taken already. */
  readonly collisions: Counter
}

/** Registers the metrics. Those of the journal are of this process, because each process has its own. */
export function createMeasures(metrics: Metrics, measured: Measured): Measures {
  const { targets, shortDomains, clickJournal, clickShipper } = measured
  metrics.observeCache('links.targets', targets.stats)
  metrics.observeCache('links.domains', shortDomains.stats)
  const gauge = (name: string, help: string, read: () => number) => {
    metrics.readGauge({ name: `octet_links_clicks_${name}`, help, read })
  }
  gauge('lag_seconds', 'How old the oldest click is that is on disk and not counted.', () => {
    return clickShipper.stats().lagMs / 1_000
  })
  gauge('backlog_bytes', 'Clicks on disk that are not counted yet.', () => clickShipper.stats().backlogBytes)
  gauge(
    'disk_bytes',
    'Size of the click journal on disk; at 4 GiB it takes no more clicks.',
    () => clickJournal.stats().diskBytes,
  )
  gauge('losses', 'Places where the click journal was damaged since the start.', () => clickShipper.stats().losses)
  return {
    collisions: metrics
      .counter({ name: 'octet_links_code_collisions_total', help: 'Generated codes that were taken already.' })
      .with(),
  }
}
