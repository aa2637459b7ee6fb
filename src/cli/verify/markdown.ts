import { oneLine } from '../text.js'
import { counts } from './counts.js'
import type { VerifyReport } from './run.js'
import type { Finding } from './types.js'

const MARKS: Readonly<Record<Finding['outcome'], string>> = {
  held: 'held',
  failed: '**did not hold**',
  'not-tried': 'not tried',
}

/** Returns the report for people. */
export function toMarkdown(
  report: VerifyReport,
  { date, version }: { readonly date: string; readonly version: string },
): string {
  const { endpoint, server, model, embeddingModel, results, observations, stopped } = report
  const { held, failed, notTried } = counts(results)
  const lines = [
    `# ${server.kind}${server.version === undefined ? '' : ` ${oneLine(server.version)}`} against docs/http-api.md`,
    '',
    `- Endpoint: ${endpoint}`,
    `- Model: ${oneLine(model ?? 'none')}; embedding model: ${oneLine(embeddingModel ?? 'none')}`,
    `- ${date}, lmstudio-provider ${version}`,
    `- ${held} assumptions held, ${failed} did not hold, ${notTried} could not be tried`,
    ...(stopped === undefined ? [] : [`- The report is incomplete: ${stopped}.`]),
    '',
    'The sections are those of docs/http-api.md. `bodies/` has what the server sent, `exchanges.json` the requests.',
    'Secrets, prompts and names of folders were removed. Look through them before you share them.',
  ]
  for (const { probe, findings } of results) {
    lines.push('', `## ${probe}`, '', '| section | assumption | outcome |', '| --- | --- | --- |')
    for (const { section, assumption, outcome, detail } of findings) {
      const outcomeText = detail === undefined ? MARKS[outcome] : `${MARKS[outcome]}: ${cell(detail)}`
      lines.push(`| ${section} | ${cell(assumption)} | ${outcomeText} |`)
    }
  }
  if (observations.length > 0) {
    lines.push('', '## Observations', '', '| section | question | answer |', '| --- | --- | --- |')
    for (const { section, question, answer } of observations) {
      lines.push(`| ${section} | ${cell(question)} | ${cell(answer)} |`)
    }
  }
  return `${lines.join('\n')}\n`
}

const cell = (text: string): string => oneLine(text).replaceAll('|', '\\|')
