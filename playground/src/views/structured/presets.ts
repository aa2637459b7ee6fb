/** A schema, and something to ask for with it. */
export interface Preset {
  readonly name: string
  readonly prompt: string
  readonly schema: object
}

const text = { type: 'string' } as const

export const PRESETS: readonly [Preset, ...Preset[]] = [
  {
    name: 'A list of birds',
    prompt: 'Name three birds of the sea, with where they nest and how wide their wings are.',
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
    name: 'Judge a review',
    prompt:
      'Judge this review: “The ferry was an hour late and nobody told us, but the crew were kind and the view made up for it.”',
    schema: {
      type: 'object',
      properties: {
        sentiment: { type: 'string', enum: ['positive', 'mixed', 'negative'] },
        confidence: { type: 'number', minimum: 0, maximum: 1 },
        praised: { type: 'array', items: text },
        criticised: { type: 'array', items: text },
        needsAnswer: { type: 'boolean' },
      },
      required: ['sentiment', 'confidence', 'praised', 'criticised', 'needsAnswer'],
      additionalProperties: false,
    },
  },
  {
    name: 'Read an invoice',
    prompt:
      'Read this: Invoice 2026-118 of 2 September 2026, Harbour Supplies, to Oban Sailing Club. 12 m rope at 3.50, 2 fenders at 24.00. Total 90.00 GBP, due in 14 days.',
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
    name: 'An outline that nests',
    prompt: 'Make an outline, two levels deep, of a talk about how tides work.',
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

/** As it is shown: what is short stays on one line, as a person would write it. */
export function show(schema: unknown, indent = ''): string {
  const flat = showFlat(schema)
  if (typeof schema !== 'object' || schema === null || indent.length + flat.length <= WIDTH) return flat
  const inner = `${indent}  `
  if (Array.isArray(schema)) return `[\n${schema.map((one) => inner + show(one, inner)).join(',\n')}\n${indent}]`
  const members = Object.entries(schema).map(([key, value]) => `${inner}${JSON.stringify(key)}: ${show(value, inner)}`)
  return `{\n${members.join(',\n')}\n${indent}}`
}

function showFlat(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(showFlat).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${showFlat(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}
