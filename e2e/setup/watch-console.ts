import { expect, type ConsoleMessage, type Page } from '@playwright/test'

/** Collects console errors, warnings and uncaught exceptions. The returned function fails if any is unexpected. */
export function watchConsole(page: Page, expected: readonly RegExp[]): () => void {
  const complaints: string[] = []
  const onMessage = (message: ConsoleMessage): void => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  }
  const onError = (error: Error): void => void complaints.push(`uncaught: ${error.message}`)
  page.on('console', onMessage).on('pageerror', onError)
  return () => {
    page.off('console', onMessage).off('pageerror', onError)
    const unexpected = complaints.filter((text) => !expected.some((pattern) => pattern.test(text)))
    expect(unexpected, 'unexpected messages in the browser console').toEqual([])
  }
}

/** The messages that Chromium logs for a failed request, even if the page handles it. */
export const FAILED_REQUEST = /^Failed to load resource|has been blocked by CORS policy/
