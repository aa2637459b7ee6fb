/** Stroke paths in a 24 by 24 view box. */
const PATHS = {
  connect: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4',
  models: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9',
  chat: 'M4 5h16v11H10l-4 4v-4H4z',
  tools: 'M14.5 5.5a4.5 4.5 0 0 1 5.6 5.8l-2.8-2.8-2 2 2.8 2.8a4.5 4.5 0 0 1-5.7-5.7L5 15l4 4 4.5-4.5',
  structured: 'M9 4c-3 0-3 2-3 4s0 4-3 4c3 0 3 2 3 4s0 4 3 4M15 4c3 0 3 2 3 4s0 4 3 4c-3 0-3 2-3 4s0 4-3 4',
  embeddings: 'M4 4h5v5H4zM15 4h5v5h-5zM4 15h5v5H4zM15 15h5v5h-5zM9 6.5h6M6.5 9v6M17.5 9v6M9 17.5h6',
  decisions: 'M12 4v16M8 20h8M5 7h14M5 7l-3 7a3.2 3.2 0 0 0 6 0zM19 7l-3 7a3.2 3.2 0 0 0 6 0z',
  inspector: 'M4 6h16M4 12h7M4 18h5M16.5 13a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM19 19l2.5 2.5',
  faults: 'M12 3l9.5 17h-19zM12 10v4M12 17v.5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  system: 'M3 5h18v11H3zM9 20h6M12 16v4',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  close: 'M6 6l12 12M18 6L6 18',
  refresh: 'M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  upload: 'M12 20V9M7 13l5-5 5 5M5 4h14',
  play: 'M8 5l11 7-11 7z',
  stop: 'M7 7h10v10H7z',
  edit: 'M4 20l1-4L16 5l3 3L8 19z',
  trash: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
  plus: 'M12 5v14M5 12h14',
  more: 'M4 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0',
  image: 'M4 5h16v14H4zM8 9.5h.01M5 18l5-5 3 3 3-3 4 4',
  attach: 'M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8L10 17a1.7 1.7 0 0 1-2.4-2.4l7.4-7.4',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
  pin: 'M9 3h6l-1 7 3 3H7l3-3zM12 13v8',
  folder: 'M3 6h6l2 2h10v11H3z',
  sliders: 'M4 7h10M18 7h2M4 17h4M12 17h8M16 5v4M10 15v4',
  branch: 'M7 4v12M7 16a2 2 0 1 0 .01 0M17 4a2 2 0 1 0 .01 0M17 8c0 5-10 3-10 8',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8v.5',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  down: 'M5 9l7 7 7-7',
  compare: 'M4 5h7v14H4zM13 5h7v14h-7z',
  list: 'M4 6h16M4 12h16M4 18h16',
  key: 'M15 4a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM11 12.5L4 19.5v1.5h3v-2h2v-2l2.5-2.5',
} as const

export type IconName = keyof typeof PATHS

/** A decorative icon, hidden from assistive technology. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
