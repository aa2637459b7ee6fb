import { StreamInterruptedError } from 'lmstudio-provider'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { AnswerView } from '../../playground/src/views/answer.js'
import { createChat, type ChatView } from '../../playground/src/views/chat.js'
import { model, response } from './models.js'

const onSend = vi.fn<(prompt: string, model: string, answer: AnswerView) => void>()
const onStop = vi.fn()
const onClear = vi.fn()
let chat: ChatView

const find = <T extends Element>(selector: string): T => {
  const found = chat.element.querySelector<T>(selector)
  if (found === null) throw new Error(`no ${selector}`)
  return found
}
const field = (): HTMLTextAreaElement => find('textarea')
const button = (): HTMLButtonElement => find('.composer button')

function send(prompt: string): AnswerView {
  field().value = prompt
  button().click()
  return onSend.mock.lastCall![2]
}

beforeEach(() => {
  vi.clearAllMocks()
  chat = createChat({ onSend, onStop, onClear })
  document.body.replaceChildren(chat.element)
})

describe('the chat before a connection', () => {
  test('takes no message', () => {
    field().value = 'Hello.'
    button().click()
    expect(onSend).not.toHaveBeenCalled()
    expect(button().disabled).toBe(true)
    expect(find<HTMLButtonElement>('.idea').disabled).toBe(true)
    expect(find('#reason').textContent).toBe('Connect to a server first.')
  })
})

describe('the chat with a model', () => {
  beforeEach(() => {
    chat.offer([
      model({ id: 'a/embedder', type: 'embedding' }),
      model({ id: 'a/on-disk' }),
      model({ id: 'a/loaded', state: 'loaded' }),
    ])
  })

  test('offers the models that talk, and chooses the one that is loaded', () => {
    const select = find<HTMLSelectElement>('select')
    expect([...select.options].map(({ value }) => value)).toEqual(['a/on-disk', 'a/loaded'])
    expect(select.value).toBe('a/loaded')
  })

  test('keeps the choice when the list comes again', () => {
    find<HTMLSelectElement>('select').value = 'a/on-disk'
    chat.offer([model({ id: 'a/on-disk' }), model({ id: 'a/loaded', state: 'loaded' })])
    expect(find<HTMLSelectElement>('select').value).toBe('a/on-disk')
  })

  test('keeps the choice over a time without models', () => {
    find<HTMLSelectElement>('select').value = 'a/on-disk'
    chat.refuse('Connecting…')
    expect(find<HTMLSelectElement>('select').hidden).toBe(true)
    chat.offer([model({ id: 'a/loaded', state: 'loaded' }), model({ id: 'a/on-disk' })])
    expect(find<HTMLSelectElement>('select').value).toBe('a/on-disk')
  })

  test('says so when none of them talks', () => {
    chat.offer([model({ id: 'a/embedder', type: 'embedding' })])
    expect(find('#reason').textContent).toContain('No model here can chat')
    expect(button().disabled).toBe(true)
  })

  test('sends what was written, and empties the field', () => {
    send('  Hello.  ')
    expect(onSend).toHaveBeenCalledWith('Hello.', 'a/loaded', expect.anything())
    expect(field().value).toBe('')
    expect(find('.question').textContent).toBe('Hello.')
  })

  test('sends nothing where nothing was written', () => {
    field().value = '   '
    button().click()
    expect(onSend).not.toHaveBeenCalled()
  })

  test('Enter sends; with Shift, or in the middle of a composition, it does not', () => {
    const press = (init: KeyboardEventInit): void => {
      field().value = 'Hello.'
      field().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', cancelable: true, ...init }))
    }
    press({ shiftKey: true })
    press({ isComposing: true })
    expect(onSend).not.toHaveBeenCalled()
    press({})
    expect(onSend).toHaveBeenCalledOnce()
  })

  test('an idea is sent as it stands', () => {
    const idea = find<HTMLButtonElement>('.idea')
    idea.click()
    expect(onSend).toHaveBeenCalledWith(idea.textContent, 'a/loaded', expect.anything())
  })

  test('the button stops while an answer runs', () => {
    send('Hello.')
    chat.setRunning(true)
    expect(button().textContent).toBe('Stop')
    button().click()
    expect(onStop).toHaveBeenCalledOnce()
    chat.setRunning(false)
    expect(button().textContent).toBe('Send')
  })

  test('an answer can be stopped after its server is gone', () => {
    send('Hello.')
    chat.setRunning(true)
    chat.refuse('Not connected.')
    button().click()
    expect(onStop).toHaveBeenCalledOnce()
    chat.setRunning(false)
    expect(button().disabled).toBe(true)
  })

  test('a new chat begins empty', () => {
    send('Hello.')
    find<HTMLButtonElement>('.head button').click()
    expect(onClear).toHaveBeenCalledOnce()
    expect(chat.element.querySelector('.message')).toBeNull()
    expect(find('.welcome').textContent).toContain('Talk')
  })
})

describe('an answer', () => {
  let answer: AnswerView

  beforeEach(() => {
    chat.offer([model({ id: 'a/loaded', state: 'loaded' })])
    answer = send('Hello.')
  })

  test('grows piece by piece, busy until it is whole', () => {
    answer.say('one ')
    answer.say('two')
    expect(find('.answer .text').textContent).toBe('one two')
    expect(find('.answer').getAttribute('aria-busy')).toBe('true')
    answer.finish(response())
    expect(find('.answer').getAttribute('aria-busy')).toBe('false')
    expect(find('.answer .foot').textContent).toContain('42.0 tokens/s')
  })

  test('keeps its reasoning in a part of its own, there only if there is any', () => {
    expect(find<HTMLElement>('.reasoning').hidden).toBe(true)
    answer.think('Hm.')
    expect(find<HTMLElement>('.reasoning').hidden).toBe(false)
    expect(find('.reasoning summary').textContent).toBe('Thinking…')
    answer.say('Well.')
    expect(find('.reasoning summary').textContent).toBe('Reasoning')
    expect(find('.answer .text').textContent).toBe('Well.')
  })

  test('is text, whatever it looks like', () => {
    answer.think('<b>bold</b>')
    answer.say('<img src=x onerror=alert(1)>')
    expect(find('.answer').querySelector('img, b')).toBeNull()
  })

  test('that was stopped keeps what had come', () => {
    answer.say('half')
    answer.stop()
    expect(find('.answer').textContent).toContain('half')
    expect(find('.answer .foot').textContent).toBe('Stopped.')
  })

  test('that failed says why and what to do, below what had come', () => {
    answer.say('half')
    answer.fail(new StreamInterruptedError('The stream ended early.', { hint: 'Ask again.' }))
    const alert = find('[role=alert]')
    expect(alert.textContent).toContain('StreamInterruptedError')
    expect(alert.textContent).toContain('The stream ended early.')
    expect(alert.textContent).toContain('Ask again.')
    expect(find('.answer .text').textContent).toBe('half')
  })

  test('with tool calls shows what the model asks for', () => {
    const call = { id: 'call_1', name: 'get_weather', arguments: { city: 'Sète' }, rawArguments: '{"city":"Sète"}' }
    answer.finish(response({ text: '', toolCalls: [call], finishReason: 'tool-calls' }))
    expect(find('.answer code').textContent).toBe('get_weather({"city":"Sète"})')
  })
})
