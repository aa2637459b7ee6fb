/** Whether a key sends what is written: Enter, where there is a keyboard with a Shift to break lines with. */
export const isSendKey = ({ key, shiftKey, isComposing }: KeyboardEvent): boolean =>
  key === 'Enter' && !shiftKey && !isComposing && !matchMedia('(pointer: coarse)').matches
