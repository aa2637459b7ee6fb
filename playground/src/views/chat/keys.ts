/** Whether a key sends the message: Enter without Shift. On touch devices Enter adds a line. */
export const isSendKey = ({ key, shiftKey, isComposing }: KeyboardEvent): boolean =>
  key === 'Enter' && !shiftKey && !isComposing && !matchMedia('(pointer: coarse)').matches
