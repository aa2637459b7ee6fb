"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
// How a CommonJS script uses the package: every entry through Node's `require`, which loads modules since Node 20.19.
const lmstudio_provider_1 = require("lmstudio-provider");
const core = require("lmstudio-provider/core");
const node = require("lmstudio-provider/node");
const testing_1 = require("lmstudio-provider/testing");
const node_1 = require("lmstudio-provider/testing/node");
async function main() {
    const server = await (0, node_1.startMockLMStudio)({ port: 0 });
    const models = await node.createLMStudio({ endpoint: server.url }).listModels();
    const viaCore = await core.listModels(core.createClient({ endpoint: server.url, cache: false }));
    await server.close();
    const response = await (0, lmstudio_provider_1.createLMStudio)({ fetch: (0, testing_1.createMockLMStudio)().fetch }).complete({
        model: 'acme/tern-4b',
        prompt: 'echo: Good evening.',
    });
    if (response.text !== 'Good evening.')
        throw new Error(`complete resolved to ${response.text}`);
    if (models.length === 0 || models.length !== viaCore.length)
        throw new Error('the entries list different models');
    console.log(`${models.length} models through require`);
}
process.once('warning', (warning) => {
    throw warning;
});
void main();
