/** A port of 127.0.0.1 on which nothing listens. */
export declare function freePort(): Promise<number>
