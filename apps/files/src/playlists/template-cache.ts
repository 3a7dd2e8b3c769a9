import type { EntityTag } from "../http/entity-tag.ts";
import { isStrong } from "../http/entity-tag.ts";
import type { PlaylistTemplate } from "./playlist-template.ts";

interface KeptTemplate {
  readonly entityTag: EntityTag;
  readonly template: PlaylistTemplate;
}

/** TemplateCache keeps the templates that were used last: one for each playlist and scope, up to a limit of bytes in all. */
export class TemplateCache {
  readonly #maximumBytes: number;
  /** A Map keeps the order of insertion, so the first template is the least recently used one. */
  readonly #kept = new Map<string, KeptTemplate>();
  #bytes = 0;

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  has(name: string): boolean {
    return this.#kept.has(name);
  }

  /** The template of exactly this state of the file, if it is known. */
  get(name: string, entityTag: EntityTag): PlaylistTemplate | null {
    const kept = this.#kept.get(name);
    if (kept?.entityTag !== entityTag) return null;
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    return kept.template;
  }

  /** A weak tag may stand for two contents, so such a file is not kept. */
  set(name: string, entityTag: EntityTag, template: PlaylistTemplate): void {
    this.#delete(name);
    if (!isStrong(entityTag) || template.bytes > this.#maximumBytes) return;
    this.#kept.set(name, { entityTag, template });
    this.#bytes += template.bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maximumBytes) return;
      this.#delete(oldest);
    }
  }

  #delete(name: string): void {
    this.#bytes -= this.#kept.get(name)?.template.bytes ?? 0;
    this.#kept.delete(name);
  }
}
