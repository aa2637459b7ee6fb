export { createLMStudio } from './create-lmstudio.js'
export { diagnose, type DiagnoseOptions } from './diagnostics/diagnose.js'
export { discover, type DiscoverOptions } from './diagnostics/discover.js'
export { cosineSimilarity } from './embeddings/cosine-similarity.js'
export { createConversation } from './native-chat/conversation.js'
export { memoryCache } from './cache/adapters.js'
export { indexedDBCache } from './cache/adapters.js'
export { noCache } from './cache/adapters.js'
export { generateObject } from './structured-output/generate-object.js'
export { streamObject } from './structured-output/stream-object.js'
export { runTools, streamTools } from './tools/run-tools.js'
export { tool } from './tools/tool.js'
export * from './errors/index.js'

export type { LMStudioOptions } from './config/options.js'
export type { CacheAdapter } from './config/options.js'
export type { CallOptions, HeadersLike } from './config/options.js'
export type {
  ChatEvent,
  ChatOutputItem,
  ChatRequest,
  ChatResponse,
  ChatSettings,
  ChatStats,
  ChatStream,
  Conversation,
  ConversationSettings,
  ConversationTurn,
  EphemeralMCPIntegration,
  Integration,
  InvalidToolCall,
  PartialChat,
  PluginIntegration,
  ReasoningSetting,
  SavedConversation,
  ServerToolCall,
  ToolSource,
} from './native-chat/types.js'
export type { CompletionEvent, ToolChoice } from './generation/types.js'
export type {
  CompletionRequest,
  CompletionSettings,
  CompletionStream,
  MessagesRequest,
  PromptRequest,
  ResponseFormat,
} from './completions/types.js'
export type {
  CompletionResponse,
  CompletionStats,
  FinishReason,
  MeasuredBy,
  PartialCompletion,
  Usage,
} from './types.js'
export type { Diagnosis, DiagnosisCode } from './diagnostics/types.js'
export type { Discovery } from './diagnostics/types.js'
export type { EmbeddingRequest, EmbeddingResponse, PartialEmbeddings } from './embeddings/types.js'
export type {
  DownloadOptions,
  DownloadProgress,
  DownloadResult,
  LoadConfig,
  LoadedModel,
  LoadSettings,
} from './models/types.js'
export type { LogEvent } from './config/options.js'
export type {
  AssistantMessage,
  ContentPart,
  ImagePart,
  JSONSchema,
  Message,
  SystemMessage,
  TextPart,
  ToolCall,
  ToolCallInput,
  ToolDefinition,
  ToolMessage,
  UserMessage,
} from './types.js'
export type { ModelCapabilities, ModelInfo, ModelInstance, ModelsAPI, ModelType } from './models/types.js'
export type { DeepPartial, ObjectRequest, ObjectResponse, ObjectStream } from './structured-output/types.js'
export type { HealthReport } from './diagnostics/types.js'
export type { LMStudioProvider, ModelProvider } from './provider.js'
export type {
  RespondEvent,
  RespondOutputItem,
  RespondRequest,
  RespondResponse,
  RespondStream,
  RespondUsage,
} from './responses/types.js'
export type {
  TextCompletionEvent,
  TextCompletionRequest,
  TextCompletionResponse,
  TextCompletionStream,
} from './completions/types.js'
export type { InferSchema, Schema, StandardSchemaV1 } from './json-schema/standard-schema.js'
export type {
  RunToolsRequest,
  RunToolsResult,
  Tool,
  ToolContext,
  ToolInit,
  ToolLoopSettings,
  ToolsEvent,
  ToolsStream,
} from './tools/types.js'
export type { ToolResult, ToolStep } from './types.js'
