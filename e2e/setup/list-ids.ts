import type { Page } from '@playwright/test'
import type { LMStudioOptions } from 'lmstudio-provider'

/** Lists the ids of the models with a new provider and the default cache. */
export const listIds = (page: Page, endpoint: string, options: LMStudioOptions = {}): Promise<string[]> =>
  page.evaluate(
    async ([endpoint, options]) => {
      const models = await window.library.createLMStudio({ ...options, endpoint }).listModels()
      return models.map(({ id }) => id)
    },
    [endpoint, options] as const,
  )
