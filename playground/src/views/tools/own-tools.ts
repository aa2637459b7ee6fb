import { computed, signal } from '@preact/signals'
import { storage } from '../../state/storage.js'
import { isOwnTool, toTool, type OwnTool } from '../../tools/own-tool.js'
import { SAMPLES } from '../../tools/samples.js'

const STORAGE_KEY = 'own-tools'

/** The tools that the user defined, kept in this browser. */
const ownTools = signal<readonly OwnTool[]>([])

/** The tool in the dialog. */
export const editedTool = signal<OwnTool | undefined>(undefined)

let loading: Promise<void> | undefined

/** Reads the stored tools once. */
export const loadOwnTools = (): Promise<void> =>
  (loading ??= storage.get<unknown>(STORAGE_KEY).then((stored) => {
    if (Array.isArray(stored)) ownTools.value = stored.filter(isOwnTool)
  }))

/** All tools that can be selected. */
export const availableTools = computed(() => [
  ...SAMPLES.map(({ title, tool }) => ({ title, tool, own: undefined })),
  ...ownTools.value.map((own) => ({ title: own.name, tool: toTool(own), own })),
])

/** The names that other tools use. */
export const takenNames = (): readonly Pick<OwnTool, 'id' | 'name'>[] => [
  ...SAMPLES.map(({ tool: { name } }) => ({ id: '', name })),
  ...ownTools.peek(),
]

export const createOwnTool = (): OwnTool => ({
  id: crypto.randomUUID(),
  name: '',
  description: '',
  parameters: `{
  "type": "object",
  "properties": {
    "text": { "type": "string" }
  },
  "required": ["text"]
}`,
  kind: 'script',
  script: `// The model receives what you return.
return { length: args.text.length }`,
  reply: '{ "temperature": 21 }',
})

/** Adds a tool, or replaces the one with its id. */
export function saveOwnTool(own: OwnTool): void {
  const isNew = !ownTools.value.some(({ id }) => id === own.id)
  ownTools.value = isNew ? [...ownTools.value, own] : ownTools.value.map((one) => (one.id === own.id ? own : one))
  void storage.set(STORAGE_KEY, ownTools.value)
}

export function removeOwnTool(id: string): void {
  ownTools.value = ownTools.value.filter((one) => one.id !== id)
  void storage.set(STORAGE_KEY, ownTools.value)
}
