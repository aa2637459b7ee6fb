export { freePort as closedPort } from '../../scripts/lib/free-port.mjs'
