import { describe, expect, test } from 'vitest'
import { timeInZone } from '../../playground/src/tools/time-in-zone.js'

const NOON = new Date('2026-09-02T12:00:00Z')

describe('timeInZone', () => {
  test.each(['Asia/Tokyo', 'asia/tokyo', 'Tokyo', ' tokyo '])('accepts %j', (place) => {
    expect(timeInZone(place, NOON)).toEqual({
      timeZone: 'Asia/Tokyo',
      date: '2 September 2026',
      time: '21:00:00',
      weekday: 'Wednesday',
    })
  })

  test('accepts cities of two words and zones without a city', () => {
    expect(timeInZone('New York', NOON).time).toBe('08:00:00')
    expect(timeInZone('UTC', NOON).time).toBe('12:00:00')
  })

  test.each([undefined, '', ' '])('uses the zone of this machine for %j', (place) => {
    expect(timeInZone(place, NOON).timeZone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone)
  })

  test('rejects an unknown place', () => {
    expect(() => timeInZone('Atlantis', NOON)).toThrow('Unknown time zone: Atlantis.')
  })
})
