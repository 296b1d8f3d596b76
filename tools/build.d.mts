export declare const V8_FLAGS: readonly string[]
export declare function programArguments(root: string): string[]
export declare function programEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv
export declare function buildIfOlder(root: string): Promise<void>
