/** Quotes a foreign message inside a sentence, without its own full stop: the sentence has one. Keeps an ellipsis. */
export const quote = (message: string): string => `“${message.replace(/(?<!\.)\.$/, '')}”`
