import { describe, expect, it } from 'vitest'
import { ToolNames } from '../../src/generation/tool-names.js'

describe('ToolNames', () => {
  const names = new ToolNames(['getWeather', 'get-tide_2', 'größe'])

  it.each(['getWeather', 'get_weather', 'GET WEATHER', 'getTide2', 'GRÖßE'])('knows %s', (name) => {
    expect(names.isKnown(name)).toBe(true)
  })

  it.each(['', 'get', 'getWeather2', 'getTide', 'gre', 'gr', 'grösse'])('does not know %j', (name) => {
    expect(names.isKnown(name)).toBe(false)
  })

  it.each(['', 'g', 'get', 'get_', 'GET_WEATHE', 'get tide'])('says that %j can grow', (name) => {
    expect(names.canGrow(name)).toBe(true)
  })

  it.each(['get_weather', 'getTide2', 'weather', 'getx'])('says that %j cannot grow', (name) => {
    expect(names.canGrow(name)).toBe(false)
  })

  it('knows a name that is the beginning of another one and says that it can grow', () => {
    const nested = new ToolNames(['get', 'get_weather'])
    expect([nested.isKnown('get'), nested.canGrow('get')]).toEqual([true, true])
  })

  it('without names is empty, and nothing can grow', () => {
    const none = new ToolNames([])
    expect([none.isEmpty, none.isKnown(''), none.canGrow('')]).toEqual([true, false, false])
    expect(names.isEmpty).toBe(false)
  })
})
