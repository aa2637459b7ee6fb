import type { PartResult } from '../part.js'
import { type CrowdReport, type Scenario, simulateCrowd } from './simulate.js'

const CLIENTS = 1_000
/** With a server of a tenth of the capacity. */
const SHORT_CLIENTS = 100

/** What happens to the clients of a server that answers 800 requests a second to 1,000 of them. */
export function scenariosFor(clients: number): Readonly<Record<'healthy' | 'restart' | 'rush' | 'busy', Scenario>> {
  const server = { clients, arrivalMs: 1_000, capacity: clients / 25, serviceMs: 50 }
  return {
    healthy: { ...server, name: 'a healthy server', arrivalMs: 5_000 },
    restart: {
      ...server,
      name: 'a server that stalls for 2 s, is off for 0.5 s, and recovers',
      stallsAt: 400,
      diesAt: 2_400,
      returnsAt: 2_900,
    },
    rush: { ...server, name: 'all clients at once', arrivalMs: 0 },
    busy: {
      ...server,
      name: 'all clients at once, and a server that sends `Retry-After: 1`',
      arrivalMs: 0,
      retryAfter: 1,
    },
  }
}

/** Calls with the default of three retries: at most four requests each. */
const MAX_REQUESTS_PER_CLIENT = 8
/** Both calls of a client succeed at the first attempt. */
const IDEAL_REQUESTS_PER_CLIENT = 2
/** How many of the calls that may be repeated can fail, and how often a call may be sent on average. */
const MAX_FAILED_SHARE = 0.15
const MAX_FACTOR = 3

/** Returns what must not happen. Generations that the restart broke off are not repeated, and do not count. */
export function failuresOf(report: CrowdReport): string[] {
  const { name, clients, requests, mostRequests, repeatedPrompts, reads, failedReads, generations, codes } = report
  const broken = codes['connection-reset'] ?? 0
  const failed = failedReads + report.failedGenerations - broken
  const factor = requests / (clients * IDEAL_REQUESTS_PER_CLIENT)
  return [
    ...(repeatedPrompts > 0 ? [`${name}: ${repeatedPrompts} prompts ran twice`] : []),
    ...(mostRequests > MAX_REQUESTS_PER_CLIENT ? [`${name}: a client sent ${mostRequests} requests`] : []),
    ...(factor > MAX_FACTOR ? [`${name}: ${factor.toFixed(2)} times as many requests as in the ideal case`] : []),
    ...(failed > MAX_FAILED_SHARE * (reads + generations) ? [`${name}: ${failed} calls failed`] : []),
  ]
}

/** The part `crowd` of `npm run reliability`. */
export async function runCrowd({ short }: { readonly short: boolean }): Promise<PartResult> {
  const reports: CrowdReport[] = []
  for (const scenario of Object.values(scenariosFor(short ? SHORT_CLIENTS : CLIENTS))) {
    reports.push(await simulateCrowd(scenario))
  }
  return {
    title: 'Crowd',
    summary: [
      'Each client lists the models and then completes a prompt, with the default of three retries. The server and the time are simulated, so the figures are the same on every machine. A prompt that the server had received when it died is not sent again: `connection-reset`.',
    ],
    figures: {},
    tables: [
      {
        columns: [
          'scenario',
          'clients',
          'requests per client (ideal: 2)',
          'at most',
          'prompts that ran twice',
          'failed reads',
          'failed generations',
          'error codes',
          'peak per 100 ms',
          'virtual seconds',
        ],
        rows: reports.map((report) => [
          report.name,
          report.clients,
          (report.requests / report.clients).toFixed(2),
          report.mostRequests,
          report.repeatedPrompts,
          report.failedReads,
          report.failedGenerations,
          Object.entries(report.codes)
            .map(([code, count]) => `${code} ${count}`)
            .join(', ') || '–',
          report.peakPer100Ms,
          (report.durationMs / 1000).toFixed(1),
        ]),
      },
    ],
    failures: reports.flatMap(failuresOf),
  }
}
