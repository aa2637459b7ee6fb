// How a page uses the package: without Node types, with the DOM types of the Vite templates.
import { createLMStudio, memoryCache, ProviderError, } from 'lmstudio-provider';
import { createMockLMStudio } from 'lmstudio-provider/testing';
const mock = createMockLMStudio();
const lmstudio = createLMStudio({ fetch: mock.fetch, cache: memoryCache() });
export const models = await lmstudio.listModels();
export const response = await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hello.' });
export let streamed = '';
for await (const event of lmstudio.stream({ model: 'acme/tern-4b', prompt: 'Hello.' })) {
    if (event.type === 'text-delta')
        streamed += event.text;
}
export const code = ProviderError.isInstance(response) ? response.code : undefined;
