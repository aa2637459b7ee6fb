import { cpSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page, type Worker } from '@playwright/test'
import { fromRoot } from './paths.js'

/** A Chromium with one unpacked extension (Manifest V3) that contains the package. */
export interface Extension extends AsyncDisposable {
  /** The page of its popup, in a tab. */
  readonly page: Page
  readonly serviceWorker: Worker
}

const PAGE =
  '<!doctype html><meta charset="utf-8" /><title>Popup</title><script type="module" src="script.js"></script>'
// The same module serves the page and the service worker.
const SCRIPT = `
import * as library from './package/index.js'
import { accessCodes } from './access-codes.js'
globalThis.library = library
globalThis.accessCodes = (endpoint) => accessCodes(library, endpoint)
`

/** Starts Chromium with an extension whose manifest has these further fields. */
export async function startExtension(manifest: object, launchOptions: object | undefined): Promise<Extension> {
  const folder = mkdtempSync(join(tmpdir(), 'lmstudio-extension-'))
  const files = join(folder, 'extension')
  cpSync(fromRoot('e2e/dist/package/dist'), join(files, 'package'), { recursive: true })
  copyFileSync(fromRoot('e2e/pages/access-codes.js'), join(files, 'access-codes.js'))
  writeFileSync(join(files, 'popup.html'), PAGE)
  writeFileSync(join(files, 'script.js'), SCRIPT)
  const usual = {
    manifest_version: 3,
    name: 'A test of lmstudio-provider',
    version: '1.0',
    action: { default_popup: 'popup.html' },
    background: { service_worker: 'script.js', type: 'module' },
  }
  writeFileSync(join(files, 'manifest.json'), JSON.stringify({ ...usual, ...manifest }))
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    ...launchOptions,
    args: ['--no-sandbox', '--disable-quic', `--disable-extensions-except=${files}`, `--load-extension=${files}`],
    ignoreDefaultArgs: ['--disable-extensions'],
  })
  const serviceWorker = await findServiceWorker(context)
  const page = await context.newPage()
  await page.goto(new URL('popup.html', serviceWorker.url()).href)
  return {
    page,
    serviceWorker,
    async [Symbol.asyncDispose]() {
      await context.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const findServiceWorker = async (context: BrowserContext): Promise<Worker> =>
  context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
