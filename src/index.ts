export { createLMStudio } from './create-lmstudio.js'
export { diagnose } from './diagnostics/diagnose.js'
export { discover } from './diagnostics/discover.js'
export { choice, predicate, score } from './decisions/questions.js'
export { cosineSimilarity } from './embeddings/cosine-similarity.js'
export { createConversation } from './native-chat/conversation.js'
export { memoryCache, indexedDBCache, noCache } from './cache/adapters.js'
export { generateObject } from './structured-output/generate-object.js'
export { streamObject } from './structured-output/stream-object.js'
export { runTools, streamTools } from './tools/run-tools.js'
export { tool } from './tools/tool.js'
export { readEvents } from './generation/read-events.js'
export { errorToResponse } from './errors/error-response.js'
export * from './errors/index.js'

export type {
  CacheAdapter,
  CallOptions,
  HeadersLike,
  Interceptor,
  InterceptorContext,
  LMStudioOptions,
  LogEvent,
} from './config/options.js'
export type {
  AssistantMessage,
  CompletionResponse,
  CompletionStats,
  TokenLogprob,
  ContentPart,
  FinishReason,
  ImagePart,
  JSONSchema,
  MeasuredBy,
  Message,
  PartialCompletion,
  SystemMessage,
  TextPart,
  ToolCall,
  ToolCallInput,
  ToolDefinition,
  ToolMessage,
  ToolResult,
  ToolStep,
  Usage,
  UserMessage,
} from './types.js'
export type { ErrorToResponseOptions } from './errors/error-response.js'
export type { ReadEventsOptions } from './generation/read-events.js'
export type { EventFormat, ToResponseOptions } from './streaming/event-response.js'
export type { ResponseStream } from './streaming/event-stream.js'
export type { CompletionEvent, ReasoningEffort, SamplingSettings, ToolChoice } from './generation/types.js'
export type {
  CompletionRequest,
  CompletionSettings,
  CompletionStream,
  MessagesRequest,
  Prompt,
  PromptRequest,
  ResponseFormat,
  TextCompletionEvent,
  TextCompletionRequest,
  TextCompletionResponse,
  TextCompletionStream,
} from './completions/types.js'
export type {
  RespondEvent,
  RespondOutputItem,
  RespondRequest,
  RespondResponse,
  RespondStream,
  RespondUsage,
} from './responses/types.js'
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
export type {
  AnswerOf,
  ChoiceAnswer,
  ChoiceQuestion,
  DecisionBatchRequest,
  DecisionBatchResponse,
  DecisionFallback,
  DecisionInput,
  DecisionRequest,
  DecisionResponse,
  PartialDecisions,
  PredicateAnswer,
  PredicateQuestion,
  Question,
  Questions,
  RefusalAnswer,
  ScoreAnswer,
  ScoreQuestion,
} from './decisions/types.js'
export type { EmbeddingRequest, EmbeddingResponse, PartialEmbeddings } from './embeddings/types.js'
export type {
  DownloadOptions,
  DownloadProgress,
  DownloadResult,
  LoadConfig,
  LoadedModel,
  LoadSettings,
  ModelCapabilities,
  ModelInfo,
  ModelInstance,
  ModelsAPI,
  ModelType,
  PickModelRequest,
} from './models/types.js'
export type { DiagnoseOptions } from './diagnostics/diagnose.js'
export type { Diagnosis, DiagnosisCode, Discovery, DiscoverOptions, HealthReport } from './diagnostics/types.js'
export type { DeepPartial, ObjectRequest, ObjectResponse, ObjectStream } from './structured-output/types.js'
export type { LMStudioProvider, ModelProvider } from './provider.js'
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
