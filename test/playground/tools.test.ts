import { describe, expect, test } from 'vitest'
import { tellTime } from '../../playground/src/tools/tell-time.js'

const NOON = new Date('2026-09-02T12:00:00Z')

describe('tellTime', () => {
  test.each(['Asia/Tokyo', 'asia/tokyo', 'Tokyo', ' tokyo '])('knows %j', (place) => {
    expect(tellTime(place, NOON)).toEqual({
      timeZone: 'Asia/Tokyo',
      date: '2 September 2026',
      time: '21:00:00',
      weekday: 'Wednesday',
    })
  })

  test('knows cities of two words, and zones without a city', () => {
    expect(tellTime('New York', NOON).time).toBe('08:00:00')
    expect(tellTime('UTC', NOON).time).toBe('12:00:00')
  })

  test.each([undefined, '', ' '])('takes the zone of this machine for %j', (place) => {
    expect(tellTime(place, NOON).timeZone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone)
  })

  test('says that there is no such place', () => {
    expect(() => tellTime('Atlantis', NOON)).toThrow('There is no time zone Atlantis.')
  })
})
