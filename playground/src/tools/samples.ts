import { tool, type Tool } from 'lmstudio-provider'
import { calculate } from './calculate.js'
import { queryPage } from './query-page.js'
import { timeInZone } from './time-in-zone.js'

/** A tool that runs in this page, with a prompt that uses it. */
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
      description: 'Returns the date and time in a time zone.',
      parameters: {
        type: 'object',
        properties: {
          timeZone: {
            type: 'string',
            description: 'An IANA time zone such as Europe/Oslo. Default: the time zone of the user.',
          },
        },
      },
      execute: ({ timeZone }) => timeInZone(timeZone),
    }) as Tool,
  },
  {
    title: 'Calculator',
    prompt: 'Ask the calculator: what is “(1250 - 17.5) * 3 ^ 2 / 4”?',
    tool: tool<{ expression: string }>({
      name: 'calculator',
      description: 'Evaluates an arithmetic expression.',
      parameters: {
        type: 'object',
        properties: {
          expression: { type: 'string', description: 'Numbers, + - * / % ^, parentheses, sqrt(2), max(1, 2), pi.' },
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
      description: 'Returns the text of elements in the page that the user has open.',
      parameters: {
        type: 'object',
        properties: {
          selector: { type: 'string', description: 'A CSS selector such as `main h2` or `nav a`.' },
          limit: {
            type: 'integer',
            minimum: 1,
            maximum: 50,
            default: 20,
            description: 'Maximum number of elements to list.',
          },
        },
        required: ['selector'],
      },
      execute: ({ selector, limit = 20 }) => queryPage(document, selector, limit),
    }) as Tool,
  },
]
