/** An example schema with a prompt. */
export interface Preset {
  readonly name: string
  readonly prompt: string
  readonly schema: object
}

const text = { type: 'string' } as const

export const PRESETS: readonly [Preset, ...Preset[]] = [
  {
    name: 'List of birds',
    prompt: 'Name three seabirds with their nesting places and wingspans.',
    schema: {
      type: 'object',
      properties: {
        birds: {
          type: 'array',
          minItems: 3,
          items: {
            type: 'object',
            properties: {
              name: text,
              latinName: text,
              wingspanCm: { type: 'integer', minimum: 10, maximum: 400 },
              nestsOn: { type: 'string', enum: ['cliff', 'roof', 'beach', 'tree'] },
            },
            required: ['name', 'latinName', 'wingspanCm', 'nestsOn'],
          },
        },
      },
      required: ['birds'],
    },
  },
  {
    name: 'Review analysis',
    prompt:
      'Analyze this review: “The ferry was an hour late and nobody told us, but the crew were kind and the view made up for it.”',
    schema: {
      type: 'object',
      properties: {
        sentiment: { type: 'string', enum: ['positive', 'mixed', 'negative'] },
        confidence: { type: 'number', minimum: 0, maximum: 1 },
        praised: { type: 'array', items: text },
        criticized: { type: 'array', items: text },
        needsReply: { type: 'boolean' },
      },
      required: ['sentiment', 'confidence', 'praised', 'criticized', 'needsReply'],
      additionalProperties: false,
    },
  },
  {
    name: 'Invoice data',
    prompt:
      'Extract the data of this invoice: Invoice 2026-118 of 2 September 2026, Harbour Supplies, to Oban Sailing Club. 12 m rope at 3.50, 2 fenders at 24.00. Total 90.00 GBP, due in 14 days.',
    schema: {
      type: 'object',
      properties: {
        number: text,
        date: { type: 'string', format: 'date' },
        seller: text,
        buyer: text,
        currency: { type: 'string', pattern: '^[A-Z]{3}$' },
        lines: {
          type: 'array',
          minItems: 2,
          items: {
            type: 'object',
            properties: {
              what: text,
              quantity: { type: 'number', exclusiveMinimum: 0 },
              unitPrice: { type: 'number', minimum: 0 },
            },
            required: ['what', 'quantity', 'unitPrice'],
          },
        },
        total: { type: 'number', minimum: 0 },
        dueInDays: { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'null' }] },
      },
      required: ['number', 'date', 'seller', 'buyer', 'currency', 'lines', 'total', 'dueInDays'],
    },
  },
  {
    name: 'Nested outline',
    prompt: 'Write an outline, two levels deep, for a talk about how tides work.',
    schema: {
      $defs: {
        section: {
          type: 'object',
          properties: {
            title: text,
            minutes: { type: 'integer', minimum: 1, maximum: 30 },
            sections: { type: 'array', maxItems: 2, items: { $ref: '#/$defs/section' } },
          },
          required: ['title', 'minutes', 'sections'],
        },
      },
      type: 'object',
      properties: { title: text, sections: { type: 'array', minItems: 2, items: { $ref: '#/$defs/section' } } },
      required: ['title', 'sections'],
    },
  },
]

const WIDTH = 64

/** Formats a schema as JSON. Short values stay on one line. */
export function formatSchema(schema: unknown, indent = ''): string {
  const flat = formatInline(schema)
  if (typeof schema !== 'object' || schema === null || indent.length + flat.length <= WIDTH) return flat
  const inner = `${indent}  `
  if (Array.isArray(schema))
    return `[\n${schema.map((one) => inner + formatSchema(one, inner)).join(',\n')}\n${indent}]`
  const members = Object.entries(schema).map(
    ([key, value]) => `${inner}${JSON.stringify(key)}: ${formatSchema(value, inner)}`,
  )
  return `{\n${members.join(',\n')}\n${indent}}`
}

function formatInline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatInline).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${formatInline(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}
