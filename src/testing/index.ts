export { createCachingFetch } from './caching-fetch.js'
export { createMockLMStudio } from './mock.js'
export type {
  MockErrorFrameForm,
  MockErrorShape,
  MockFault,
  MockFaultName,
  MockFaultOptions,
  MockFaultParameters,
  MockOverflowWording,
  MockRawFault,
  MockTemplateWording,
  MockUnloadedWording,
} from './faults/types.js'
export type {
  MockCall,
  MockFraming,
  MockInstance,
  MockLMStudio,
  MockLMStudioOptions,
  MockMessage,
  MockModel,
  MockPrompt,
  MockReply,
  MockReplyFunction,
  MockTool,
} from './types.js'
