import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { fromRoot } from '../setup/paths.js'
import { expect, test as base } from '../setup/test.js'

export type ViewName =
  | 'connect'
  | 'models'
  | 'chat'
  | 'tools'
  | 'structured'
  | 'embeddings'
  | 'decisions'
  | 'inspector'
  | 'faults'

/** The folder for screenshots, ignored by git. */
const SCREENSHOTS = fromRoot('playground/pictures')
const WIDTHS = [360, 390, 820, 1440] as const
/** Screenshots are for people. They take minutes without a graphics card. */
const PICTURES = Boolean(process.env.PICTURES)
const THEMES = ['light', 'dark'] as const

export interface Playground {
  readonly page: Page
  /** Opens a view by its link. The page must be loaded. */
  open(view: ViewName, rest?: string): Promise<void>
  /** Loads the page, connected to the test's mock, which has a different origin. */
  connected(view?: ViewName): Promise<void>
  /** Loads the page, connected to the mock inside the page. */
  mocked(view?: ViewName): Promise<void>
  setTheme(theme: 'light' | 'dark'): Promise<void>
}

/**
 * Tests of the built playground. Console errors and warnings fail a test, unless they match `expectedComplaints`
 * (../setup/test.ts), and so do violations of the Content-Security-Policy.
 */
export const test = base.extend<{ readonly playground: Playground; readonly policyWatch: void }>({
  policyWatch: [
    async ({ page }, use) => {
      const violations: string[] = []
      await page.exposeFunction('reportViolation', (text: string) => violations.push(text))
      await page.addInitScript(() => {
        addEventListener('securitypolicyviolation', (event) => {
          const { reportViolation } = window as unknown as { readonly reportViolation: (text: string) => void }
          reportViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)
        })
      })
      await use()
      expect(violations, 'violations of the Content-Security-Policy').toEqual([])
    },
    { auto: true },
  ],
  playground: async ({ page, site, mock }, use) => {
    const at = (query: string, view: ViewName): string => `${site.url}/?${query}#/${view}`
    const shown = (view: ViewName): Promise<void> => expect(page.locator(`main[data-view="${view}"] h1`)).toBeVisible()
    await use({
      page,
      async open(view, rest = '') {
        const hash = `#/${view}${rest === '' ? '' : `/${encodeURIComponent(rest)}`}`
        await page.evaluate((hash) => void (location.hash = hash), hash)
        await shown(view)
      },
      async connected(view = 'connect') {
        await page.goto(at(`endpoint=${encodeURIComponent(mock.url)}`, view))
        await shown(view)
        await expect(page.getByRole('banner').getByRole('status')).toContainText('Connected')
      },
      async mocked(view = 'connect') {
        await page.goto(at('endpoint=https%3A%2F%2Fmock.invalid', view))
        await shown(view)
        await expect(page.getByRole('banner').getByRole('status')).toContainText('Connected')
      },
      async setTheme(theme) {
        await page.evaluate((theme) => {
          document.documentElement.dataset.theme = theme
          localStorage.setItem('theme', theme)
        }, theme)
      },
    })
  },
})

/** Fails if axe finds a violation. The dark theme differs only in its colors. */
export async function expectAccessible({ page, setTheme }: Playground): Promise<void> {
  // Without reduced motion, axe would measure colors in the middle of a transition.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const theme of THEMES) {
    await setTheme(theme)
    const axe = new AxeBuilder({ page })
    if (theme === 'dark') axe.withRules(['color-contrast', 'link-in-text-block'])
    const { violations } = await axe.analyze()
    const summary = violations.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.map(({ html }) => html.slice(0, 160)),
    }))
    expect(summary, `axe, ${theme} theme`).toEqual([])
  }
}

/**
 * Fails if the page scrolls sideways at one of these widths. With the environment variable `PICTURES`, also takes a
 * screenshot at each width in both themes: `<name>-<width>-<theme>.png`.
 */
export async function expectToFit({ page, setTheme }: Playground, name: string): Promise<void> {
  const before = page.viewportSize()
  await page.evaluate(() => scrollTo(0, 0))
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width < 500 ? 740 : 860 })
    // Polled: some views take their new layout one rendering later.
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth), `${name} at ${width} px`)
      .toBeLessThanOrEqual(width)
    for (const theme of PICTURES ? THEMES : []) {
      await setTheme(theme)
      await page.screenshot({ path: `${SCREENSHOTS}/${name}-${width}-${theme}.png`, animations: 'disabled' })
    }
  }
  if (before !== null) await page.setViewportSize(before)
}

/** Clicks a button at the bottom of the window, without the scrolling of Playwright's own click. */
export const clickAtBottom = (button: Locator): Promise<void> =>
  button.evaluate((element: HTMLElement) => {
    element.scrollIntoView({ block: 'end' })
    element.click()
  })

export { expect } from '../setup/test.js'
