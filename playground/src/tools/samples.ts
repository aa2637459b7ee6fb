import { tool, type Tool } from 'lmstudio-provider'
import { calculate } from './calculate.js'
import { queryPage } from './query-page.js'
import { tellTime } from './tell-time.js'

/** A tool that runs in this page, and what to ask for to see it used. */
export interface Sample {
  readonly title: string
  readonly tool: Tool
  readonly prompt: string
}

export const SAMPLES: readonly Sample[] = [
  {
    title: 'Clock',
    prompt: 'What does the clock say in Tokyo?',
    tool: tool<{ timeZone?: string }>({
      name: 'clock',
      description: 'Tells the date and the time in a time zone.',
      parameters: {
        type: 'object',
        properties: {
          timeZone: {
            type: 'string',
            description: 'An IANA time zone such as Europe/Oslo. Absent: where the person is.',
          },
        },
      },
      execute: ({ timeZone }) => tellTime(timeZone),
    }) as Tool,
  },
  {
    title: 'Calculator',
    prompt: 'Ask the calculator: what is “(1250 - 17.5) * 3 ^ 2 / 4”?',
    tool: tool<{ expression: string }>({
      name: 'calculator',
      description: 'Works out an arithmetic expression.',
      parameters: {
        type: 'object',
        properties: {
          expression: { type: 'string', description: 'Numbers, + - * / % ^, brackets, sqrt(2), max(1, 2), pi.' },
        },
        required: ['expression'],
        additionalProperties: false,
      },
      execute: ({ expression }) => ({ expression, result: calculate(expression) }),
    }) as Tool,
  },
  {
    title: 'Page query',
    prompt: 'Query this page for “nav a”: which views does it have?',
    tool: tool<{ selector: string; limit?: number }>({
      name: 'query_page',
      description: 'Finds elements of the page the person is looking at, and gives their text.',
      parameters: {
        type: 'object',
        properties: {
          selector: { type: 'string', description: 'A CSS selector such as `main h2` or `nav a`.' },
          limit: { type: 'integer', minimum: 1, maximum: 50, default: 20, description: 'Elements to list at most.' },
        },
        required: ['selector'],
      },
      execute: ({ selector, limit = 20 }) => queryPage(document, selector, limit),
    }) as Tool,
  },
]
