import { announce } from './toast.js'

/** Copies a text and announces the outcome. Resolves to whether the browser permitted it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    announce('Copied.')
    return true
  } catch {
    announce('The browser blocked clipboard access. Select the text and copy it manually.', 'bad')
    return false
  }
}
