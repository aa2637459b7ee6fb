import { vi } from 'vitest'

interface PageStub {
  readonly url?: string | undefined
  readonly permissions?: unknown
  readonly isChromium?: boolean
}

/** Lets the tests run as in a page. The returned target is the document. Undo it with `vi.unstubAllGlobals`. */
export function stubPage({
  url = 'https://app.example.org/',
  permissions,
  isChromium = true,
}: PageStub = {}): EventTarget {
  const document = new EventTarget()
  vi.stubGlobal('document', document)
  vi.stubGlobal('location', new URL(url))
  vi.stubGlobal('origin', new URL(url).origin)
  vi.stubGlobal('isSecureContext', true)
  if (isChromium) {
    class RequestWithSpace extends Request {
      get targetAddressSpace(): string {
        return 'unknown'
      }
    }
    vi.stubGlobal('Request', RequestWithSpace)
  }
  vi.stubGlobal('navigator', { onLine: true, permissions })
  return document
}
