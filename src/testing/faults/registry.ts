import type { FaultBehavior } from './behavior.js'
import { chatOutputFaults } from './chat-output.js'
import { engineFaults } from './engine.js'
import { modelFaults } from './models.js'
import { nativeFaults } from './native.js'
import { responsesFaults } from './responses.js'
import { streamFaults } from './streams.js'
import { createToolCallFaults } from './tool-calls.js'
import type { MockFaultName } from './types.js'
import { rawFault, statusFault, wholeResponseFaults } from './whole-responses.js'

/** Creates the lookup of fault behaviors by name. It throws for unknown names, which JavaScript callers can pass. */
export function createFaultRegistry(): (name: string) => FaultBehavior {
  const behaviors: Readonly<Record<MockFaultName, FaultBehavior>> = {
    ...wholeResponseFaults,
    ...streamFaults,
    ...modelFaults,
    ...engineFaults,
    ...chatOutputFaults,
    ...nativeFaults,
    ...responsesFaults,
    ...createToolCallFaults(),
  }
  return (name) => {
    if (name === 'raw') return rawFault
    const status = /^status-(\d{3})$/u.exec(name)?.[1]
    if (status !== undefined) return statusFault(Number(status))
    if (Object.hasOwn(behaviors, name)) return behaviors[name as MockFaultName]
    throw new RangeError(
      `Unknown fault "${name}". Known faults: status-<n>, raw, ${Object.keys(behaviors).join(', ')}.`,
    )
  }
}
