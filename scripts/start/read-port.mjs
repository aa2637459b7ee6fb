// @ts-check

/**
 * A port from the command line; the mock takes the one after it, so the last is not to be had.
 * @param {string} text
 */
export function readPort(text) {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_534) {
    throw new Error(`--port must be a whole number from 1 to 65534, not ${JSON.stringify(text)}.`)
  }
  return port
}
