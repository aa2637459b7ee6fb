import type { Behaviour } from './fault-behaviour.js'
import type { MockFaultName } from './fault-types.js'
import { answerFaults, rawFault, statusFault } from './faults-answer.js'
import { generationFaults } from './faults-generation.js'
import { nativeFaults } from './faults-native.js'
import { responsesFaults } from './faults-responses.js'
import { streamFaults } from './faults-stream.js'
import { toolCallFaults } from './faults-tool-calls.js'

const named: Readonly<Record<MockFaultName, Behaviour>> = {
  ...answerFaults,
  ...streamFaults,
  ...generationFaults,
  ...nativeFaults,
  ...responsesFaults,
  ...toolCallFaults,
}

/** How the fault of that name behaves. Throws for a name that means nothing, which JavaScript callers can give. */
export function behaviourOf(name: string): Behaviour {
  if (name === 'raw') return rawFault
  const status = /^status-(\d{3})$/u.exec(name)?.[1]
  if (status !== undefined) return statusFault(Number(status))
  if (Object.hasOwn(named, name)) return named[name as MockFaultName]
  throw new RangeError(`No fault is called "${name}". Known: status-<n>, raw, ${Object.keys(named).join(', ')}.`)
}
