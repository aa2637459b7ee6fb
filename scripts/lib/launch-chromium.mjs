// @ts-check
import { chromium } from '@playwright/test'
import { findChromium } from '../find-chromium.mjs'

/** Starts Chromium without requests of its own; --no-sandbox, because containers run as root. */
export async function launchChromium() {
  return chromium.launch({
    executablePath: await findChromium(),
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
}
