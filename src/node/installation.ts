import { statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { isPort } from '../diagnostics/candidates.js'
import { ConfigurationError } from '../errors/errors.js'
import { addressSpace } from '../utils/address.js'
import { isObject, parseJSON } from '../utils/json.js'
import { isThere, readText } from './config-file.js'
import { attempt } from './load-config.js'

/** What LM Studio's own files on this machine say of its server. They are only read. */
export interface Installation {
  /** Whether LM Studio has its folder here. */
  readonly isThere: boolean
  /** The file with the server's settings. */
  readonly path: string
  /** Where the server listens when it is on. */
  readonly endpoint?: string
  /** Whether it lets web pages read its answers; `undefined` when the file does not say. */
  readonly cors?: boolean | undefined
  /** What kept a file from being used, one sentence each. */
  readonly problems: readonly string[]
}

/** Looks for LM Studio in the user's folder; never throws. Places and names are those of wire reference 2.3. */
export function readInstallation(user: string): Installation {
  const problems: string[] = []
  const home = findHome(user, problems)
  const path = join(home, '.internal', 'http-server-config.json')
  const found = { isThere: isThere(home), path, problems }
  const text = readOwn(path, problems)
  if (text === undefined) return found
  const settings = parseJSON(text)
  if (!isObject(settings) || !isPort(settings['port'])) {
    problems.push(`${path} names no port.`)
    return found
  }
  const { port, networkInterface, cors } = settings
  return {
    ...found,
    endpoint: `http://${hostOf(networkInterface)}:${port}`,
    cors: typeof cors === 'boolean' ? cors : undefined,
  }
}

function findHome(user: string, problems: string[]): string {
  const pointer = join(user, '.lmstudio-home-pointer')
  if (isThere(pointer)) {
    const target = readOwn(pointer, problems)?.trim()
    // Shown in messages, so that a file of something else must not pass for a path.
    if (target !== undefined && isAbsolute(target) && /^[^\p{Cc}]{1,1024}$/u.test(target)) return target
    if (target !== undefined) problems.push(`${pointer} holds no absolute path.`)
  }
  const earlier = join(user, '.cache', 'lm-studio')
  return isThere(earlier) ? earlier : join(user, '.lmstudio')
}

/** The text of a file that is this user's own: what somebody else put there must not choose where we look. */
function readOwn(path: string, problems: string[]): string | undefined {
  try {
    const text = readText(path)
    // Windows knows no such number.
    const self = attempt(() => process.getuid?.())
    if (self === undefined || statSync(path).uid === self) return text
    problems.push(`${path} belongs to another user.`)
  } catch (error) {
    problems.push(ConfigurationError.isInstance(error) ? error.message : `${path} cannot be read.`)
  }
  return undefined
}

/** An address of this machine or its network is used as it is; `0.0.0.0`, a name or nothing stand for this machine. */
function hostOf(networkInterface: unknown): string {
  const text = typeof networkInterface === 'string' ? networkInterface : ''
  const host = /^[\d.]+$/.test(text) ? text : /^[\da-f:]+$/i.test(text) ? `[${text}]` : ''
  const url = `http://${host}`
  const isUsable = URL.canParse(url) && /loopback|private/.test(addressSpace(new URL(url).hostname))
  return isUsable ? host : '127.0.0.1'
}
