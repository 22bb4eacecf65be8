import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

const HTTP_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const APPEND_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/**
 * What this process measures of itself. Labels have few values, all from the code: routes by their
 * template, topics by their family, never an id, so nobody can be found in them and they cannot grow.
 */
export class Metrics {
  readonly registry = new Registry();

  readonly httpSeconds = new Histogram({
    name: 'ledger_http_request_seconds',
    help: 'Time to answer a request, by the template of its route.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: HTTP_SECONDS,
    registers: [this.registry],
  });

  readonly appendSeconds = new Histogram({
    name: 'ledger_append_seconds',
    help: 'Time from a call of append to its answer, after the commit.',
    buckets: APPEND_SECONDS,
    registers: [this.registry],
  });

  readonly appended = new Counter({
    name: 'ledger_appended_total',
    help: 'Entries appended, by what became of them: recorded, duplicate, conflict; or failed.',
    labelNames: ['status'] as const,
    registers: [this.registry],
  });

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
  }
}
