// @ts-check

/**
 * Parses the port of the page. The maximum is 65534 because the mock server uses the next port.
 * @param {string} text
 */
export function readPort(text) {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_534) {
    throw new Error(`--port must be an integer from 1 to 65534, not ${JSON.stringify(text)}.`)
  }
  return port
}
