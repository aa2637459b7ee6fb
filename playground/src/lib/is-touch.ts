/** Whether the device has no mouse or trackpad, so that focusing a field would open the on-screen keyboard. */
export const isTouch = (): boolean => matchMedia('(pointer: coarse)').matches
