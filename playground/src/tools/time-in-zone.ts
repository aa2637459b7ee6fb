/** The date and time in a time zone. */
export interface ZonedTime {
  readonly timeZone: string
  readonly date: string
  readonly time: string
  readonly weekday: string
}

/**
 * Returns the date and time in a time zone. Accepts a city alone, because models often write it that way.
 *
 * @throws {@link RangeError} The time zone is unknown.
 */
export function timeInZone(place: string | undefined, now: Date = new Date()): ZonedTime {
  const timeZone = findZone(place)
  const format = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(now)
  return {
    timeZone,
    date: format({ day: 'numeric', month: 'long', year: 'numeric' }),
    time: format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    weekday: format({ weekday: 'long' }),
  }
}

function findZone(place: string | undefined): string {
  if (place === undefined || place.trim() === '') return Intl.DateTimeFormat().resolvedOptions().timeZone
  const city = place.trim().replaceAll(' ', '_').toLowerCase()
  const known = Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase().split('/').at(-1) === city)
  if (known !== undefined) return known
  try {
    return new Intl.DateTimeFormat('en', { timeZone: place.trim() }).resolvedOptions().timeZone
  } catch {
    throw new RangeError(`Unknown time zone: ${place}. Use a name such as Europe/Oslo.`)
  }
}
