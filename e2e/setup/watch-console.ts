import { expect, type ConsoleMessage, type Page } from '@playwright/test'

/** Collects what the browser complains about; the function given back ends that and fails on anything not expected. */
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
    expect(unexpected, 'complaints in the browser console').toEqual([])
  }
}

/** What Chromium writes for a request that fails, whoever handles the failure. */
export const FAILED_REQUEST = /^Failed to load resource|has been blocked by CORS policy/
