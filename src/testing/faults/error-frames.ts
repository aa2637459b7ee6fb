import type { Exchange } from '../exchange.js'
import { stringError } from '../replies/errors.js'
import { type BodyStep, dataFrame, doneFrame, namedFrame } from '../replies/steps.js'
import type { MockErrorFrameForm } from './types.js'

/** Returns the frames of an error inside a stream, in one of the forms that servers send (docs/http-api.md 8.3). */
export function errorFrames(form: MockErrorFrameForm, message: string, exchange: Exchange): BodyStep[] {
  const objectAndMessage = dataFrame({ error: { message }, message })
  switch (form) {
    case 'event-error':
      return exchange.path === '/api/v1/chat'
        ? [namedFrame('error', { type: 'error', error: { type: 'internal_error', message } })]
        : [namedFrame('error', { error: { message } })]
    case 'string':
      return [dataFrame(stringError(message))]
    case 'string-then-done':
      return [dataFrame(stringError(message)), doneFrame]
    case 'object-then-done':
      return [objectAndMessage, doneFrame]
    case 'bare-text':
      return [namedFrame('error', message)]
    case 'plain-text':
      return [dataFrame(`error: ${message}`)]
    default:
      return [objectAndMessage]
  }
}
