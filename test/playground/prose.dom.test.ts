import { createLMStudio, ProviderError } from 'lmstudio-provider'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { el } from '../../playground/src/dom.js'
import { prose } from '../../playground/src/views/prose.js'
import { stepsFor } from '../../src/errors/steps.js'

const show = (text: string): HTMLElement => {
  const element = el('p', {}, ...prose(text))
  document.body.replaceChildren(element)
  return element
}
const codes = (text: string): (string | null)[] => [...show(text).querySelectorAll('code')].map((c) => c.textContent)

describe('the words of the library on the page', () => {
  test('set code apart, without the marks around it', () => {
    const element = show('The option `limit` is missing, and so is `a b`.')
    expect([...element.querySelectorAll('code')].map((code) => code.textContent)).toEqual(['limit', 'a b'])
    expect(element.textContent).toBe('The option limit is missing, and so is a b.')
  })

  test('are text, whatever they look like', () => {
    const element = show('<b>bold</b> `<img src=x>`')
    expect(element.querySelector('b, img')).toBeNull()
    expect(element.textContent).toBe('<b>bold</b> <img src=x>')
  })

  test.each([
    ['not-running', ['lms server start --cors']],
    ['cors-disabled', ['lms server stop && lms server start --cors']],
    ['no-models', ['lms get']],
    ['model-not-found', ['availableModels', 'lms get']],
    ['context-length', ['lms load <model> --context-length <tokens>']],
  ])('hold the commands of %s in one piece', (code, expected) => {
    expect(stepsFor(code).flatMap(codes)).toEqual(expected)
  })

  test('name the fields of this page, not the options of a program', () => {
    const [step = ''] = stepsFor('auth-required')
    expect(show(step).textContent).toContain('enter it above as API token')
    expect(() => createLMStudio({ endpoint: 'https://example.com' })).toThrow(
      expect.toSatisfy(
        (error) => ProviderError.isInstance(error) && show(error.hint).textContent!.includes('Tick “Allow endpoints'),
      ),
    )
  })
})

describe('the button beside a command', () => {
  const writeText = vi.fn<Clipboard['writeText']>()
  const button = (): HTMLButtonElement => show('Or run: lms get').querySelector('button')!

  beforeEach(() => {
    vi.useFakeTimers()
    writeText.mockReset()
    vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(writeText)
  })

  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  test('copies it, says so, and is then ready again', async () => {
    const copy = button()
    expect(copy.textContent).toBe('Copy lms get')
    copy.click()
    await vi.waitFor(() => expect(copy.textContent).toBe('Copied lms get'))
    expect(writeText).toHaveBeenCalledWith('lms get')
    vi.runAllTimers()
    expect(copy.textContent).toBe('Copy lms get')
  })

  test('selects it where the page has no clipboard', async () => {
    writeText.mockRejectedValue(new Error('not here'))
    const copy = button()
    copy.click()
    await vi.waitFor(() => expect(copy.textContent).toBe('Selected lms get'))
    expect(String(getSelection())).toBe('lms get')
  })
})
