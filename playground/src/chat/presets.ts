import { signal } from '@preact/signals'
import * as v from 'valibot'
import { storage } from '../state/storage.js'
import { parameters } from './transfer.js'
import type { Conversation } from './types.js'

/** A named system prompt with parameters. */
export interface Preset extends Pick<Conversation, 'system' | 'parameters'> {
  readonly name: string
}

const STORAGE_KEY = 'chat-presets'

const stored = v.array(v.object({ name: v.string(), system: v.string(), parameters }))

/** In alphabetical order. */
export const presets = signal<readonly Preset[]>([])

/** Reads the stored presets. Data of another version is ignored. */
export async function loadPresets(): Promise<void> {
  const read = v.safeParse(stored, await storage.get(STORAGE_KEY))
  if (read.success) presets.value = read.output as readonly Preset[]
}

/** Adds a preset, or replaces the one with its name. */
export async function savePreset(preset: Preset): Promise<void> {
  const others = presets.peek().filter(({ name }) => name !== preset.name)
  presets.value = [...others, preset].sort((a, b) => a.name.localeCompare(b.name))
  await storage.set(STORAGE_KEY, presets.peek())
}

export async function removePreset(name: string): Promise<void> {
  presets.value = presets.peek().filter((one) => one.name !== name)
  await storage.set(STORAGE_KEY, presets.peek())
}
