import { expect, it } from 'vitest'
import { findTool } from '../../src/tools/find-tool.js'

const named = (...names: string[]) => names.map((name) => ({ name }))

it.each([
  ['getWeather', ['get_weather', 'getWeather'], 'getWeather'],
  ['get_weather', ['getTime', 'getWeather'], 'getWeather'],
  ['GET-WEATHER 2', ['getWeather2'], 'getWeather2'],
  ['größe', ['Größe'], 'Größe'],
])('finds %s among %j as %s', (name, names, found) => {
  expect(findTool(named(...names), name)?.name).toBe(found)
})

it.each([
  ['get_weather', ['getWeather', 'get-weather']],
  ['get_weather', ['weather', 'getWeather2']],
  ['grösse', ['größe']],
  ['get_weather', []],
])('does not find %s among %j', (name, names) => {
  expect(findTool(named(...names), name)).toBeUndefined()
})
