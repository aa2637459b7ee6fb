import { statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { isPort } from '../diagnostics/candidates.js'
import { ConfigurationError } from '../errors/errors.js'
import { addressSpace } from '../utils/address.js'
import { isObject, parseJSON } from '../utils/json.js'
import { exists, readTextFile } from './files.js'
import { attempt } from './platform.js'

/** What LM Studio's own files on this machine reveal about its server. The files are only read. */
export interface Installation {
  /** Whether the folder of LM Studio exists. */
  readonly isInstalled: boolean
  /** The file with the settings of the server. */
  readonly path: string
  /** Where the server listens when it is running. */
  readonly endpoint?: string
  /** Whether the server allows requests from web pages; `undefined` if the file does not contain it. */
  readonly cors?: boolean | undefined
  /** Why files could not be used, one sentence each. */
  readonly problems: readonly string[]
}

/** Looks for LM Studio in the user's home folder. Never throws. For paths and names, see docs/http-api.md 2.3. */
export function readInstallation(home: string): Installation {
  const problems: string[] = []
  const folder = findFolder(home, problems)
  const path = join(folder, '.internal', 'http-server-config.json')
  const found = { isInstalled: exists(folder), path, problems }
  const text = readOwnFile(path, problems)
  if (text === undefined) return found
  const settings = parseJSON(text)
  if (!isObject(settings) || !isPort(settings['port'])) {
    problems.push(`${path} does not contain a port.`)
    return found
  }
  const { port, networkInterface, cors } = settings
  return {
    ...found,
    endpoint: `http://${toHost(networkInterface)}:${port}`,
    cors: typeof cors === 'boolean' ? cors : undefined,
  }
}

function findFolder(home: string, problems: string[]): string {
  const pointer = join(home, '.lmstudio-home-pointer')
  if (exists(pointer)) {
    const target = readOwnFile(pointer, problems)?.trim()
    // Messages show the path, so the content of an unrelated file must not pass for one.
    if (target !== undefined && isAbsolute(target) && /^[^\p{Cc}]{1,1024}$/u.test(target)) return target
    if (target !== undefined) problems.push(`${pointer} does not contain an absolute path.`)
  }
  const earlier = join(home, '.cache', 'lm-studio')
  return exists(earlier) ? earlier : join(home, '.lmstudio')
}

/** Reads a file that belongs to this user: a file of another user must not choose where requests go. */
function readOwnFile(path: string, problems: string[]): string | undefined {
  try {
    const text = readTextFile(path)
    // Windows has no user ids.
    const self = attempt(() => process.getuid?.())
    if (self === undefined || statSync(path).uid === self) return text
    problems.push(`${path} belongs to another user.`)
  } catch (error) {
    problems.push(ConfigurationError.isInstance(error) ? error.message : `${path} cannot be read.`)
  }
  return undefined
}

/** Returns an address of this machine or its network as it is; this machine for `0.0.0.0`, a name or nothing. */
function toHost(networkInterface: unknown): string {
  const text = typeof networkInterface === 'string' ? networkInterface : ''
  const host = /^[\d.]+$/.test(text) ? text : /^[\da-f:]+$/i.test(text) ? `[${text}]` : ''
  const url = `http://${host}`
  const isUsable = URL.canParse(url) && /loopback|private/.test(addressSpace(new URL(url).hostname))
  return isUsable ? host : '127.0.0.1'
}
