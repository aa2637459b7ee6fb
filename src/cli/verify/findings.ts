import type { Assumption, Finding, Findings, Observation, Probe, Scope, ServerInfo } from './types.js'

/** {@link Findings} of a probe, with what the run needs. */
export interface ProbeFindings extends Findings<string> {
  /** Returns the ids of the assumptions that have no outcome yet. */
  readonly open: () => string[]
  /** Gives the open assumptions an outcome. */
  readonly close: (outcome: 'failed' | 'skip', detail: string) => void
  readonly all: () => Finding[]
}

/** Creates the findings of a probe. Assumptions about other servers than this one are not tried. */
export function createFindings(probe: Probe, server: ServerInfo, observations: Observation[]): ProbeFindings {
  const findings = new Map<string, Finding>()
  const set = (id: string, outcome: Finding['outcome'], detail?: string): void => {
    const { section, text: assumption } = probe.assumptions[id]!
    // The first outcome counts: out of scope stays out of scope.
    if (findings.has(id)) return
    findings.set(id, { id, section, assumption, outcome, ...(detail === undefined ? {} : { detail }) })
  }
  const ids = Object.keys(probe.assumptions)
  for (const id of ids) {
    const reason = outOfScope(probe.assumptions[id]!, server)
    if (reason !== undefined) set(id, 'not-tried', reason)
  }
  const open = (): string[] => ids.filter((id) => !findings.has(id))
  return {
    held: (id, detail) => set(id, 'held', detail),
    failed: (id, detail) => set(id, 'failed', detail),
    skip: (id, reason) => set(id, 'not-tried', reason),
    check: (id, condition, detail) => (condition ? set(id, 'held') : set(id, 'failed', detail)),
    observe: (observation) => observations.push(observation),
    open,
    close(outcome, detail) {
      for (const id of open()) set(id, outcome === 'skip' ? 'not-tried' : 'failed', detail)
    },
    all: () => ids.map((id) => findings.get(id)!),
  }
}

const REASONS: Readonly<Record<Exclude<Scope, 'all'>, (server: ServerInfo) => string | undefined>> = {
  lmstudio: ({ kind }) => (kind === 'LM Studio' ? undefined : 'the server is not LM Studio'),
  v1: ({ kind, hasV1 }) =>
    hasV1 ? undefined : kind === 'LM Studio' ? 'needs LM Studio 0.4 or later' : 'the server is not LM Studio',
}

function outOfScope({ scope = 'all' }: Assumption, server: ServerInfo): string | undefined {
  return scope === 'all' ? undefined : REASONS[scope](server)
}
