/**
 * Tests whether a value is an error, of any realm. In Jest and in `node:vm`, the errors of the platform, such as those of
 * `fetch`, come from another realm than the application.
 */
export const isError = (value: unknown): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
