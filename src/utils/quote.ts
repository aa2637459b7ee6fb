/** Quotes a foreign message inside a sentence, without its own full stop: the sentence has one. Keeps an ellipsis. */
export const quote = (message: string): string => `“${message.replace(/(?<!\.)\.$/, '')}”`

/** Returns the part of a sentence that quotes a foreign message as the reason; nothing for an empty one. */
export const quotedReason = (message = ''): string => (message === '' ? '' : `: ${quote(message)}`)
