import { Client as LibraryClient } from "coatcheck/client";

// What a browser finds at /music/coatcheck-client.js is the file that the library ships as `coatcheck/client`.
export declare const Client: typeof LibraryClient;
export type Client = LibraryClient;
