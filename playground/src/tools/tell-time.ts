/** What a clock somewhere shows. */
export interface ClockTime {
  readonly timeZone: string
  readonly date: string
  readonly time: string
  readonly weekday: string
}

/**
 * What the clocks show in a time zone, which models also name by its city alone.
 *
 * @throws {@link RangeError} there is no such zone
 */
export function tellTime(place: string | undefined, now: Date = new Date()): ClockTime {
  const timeZone = findZone(place)
  const say = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(now)
  return {
    timeZone,
    date: say({ day: 'numeric', month: 'long', year: 'numeric' }),
    time: say({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    weekday: say({ weekday: 'long' }),
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
    throw new RangeError(`There is no time zone ${place}. Give it as in Europe/Oslo.`)
  }
}
