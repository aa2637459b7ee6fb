import { expect, type Page } from '@playwright/test'

/** Collects what the browser complains about; the function given back fails on anything not expected. */
export function watchConsole(page: Page, expected: readonly RegExp[]): () => void {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  return () => {
    const unexpected = complaints.filter((text) => !expected.some((pattern) => pattern.test(text)))
    expect(unexpected, 'complaints in the browser console').toEqual([])
  }
}

/** What Chromium writes for a request that fails, whoever handles the failure. */
export const FAILED_REQUEST = /^Failed to load resource|has been blocked by CORS policy/
