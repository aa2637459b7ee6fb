import { getEventListeners } from 'node:events'

/** Number of listeners that wait for a signal to abort. */
export const countListeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length
