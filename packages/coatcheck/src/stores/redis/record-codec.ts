import type {
  CurrentSecret,
  GraceSecret,
  JsonObject,
  PendingSecret,
  SessionChange,
  SessionRecord,
  SessionReference,
} from "../../core/session-record.ts";
import { CoatcheckError } from "../../errors.ts";
import { restoreUserAgent, shortenUserAgent } from "./user-agent-codec.ts";

/*
 * The form of a session in Redis: packed, because the cost of Redis is its memory. Big-endian, in this order; the
 * scripts read the header and the user id, and replace whole sections.
 *
 *   header    format (1), version (4), createdAt, lastSeenAt, idleDeadline, absoluteDeadline (6 each)
 *   user id   preceded by its length (2)
 *   sections  current secret (44); each preceded by its length: pending secret (1), secrets in grace (1), methods (1),
 *             data (2). Empty data takes no bytes.
 *   identity  the parts that never change, to the end: remembered (1), lineage digest (32), CSRF key (32); each
 *             preceded by its length: label (1), user agent (2), IP (1). An absent part has a length of all ones.
 */
const FORMAT = 1;
const HEADER_BYTES = 29;
const DIGEST_BYTES = 32;
const TIME_BYTES = 6;
const SECRET_BYTES = DIGEST_BYTES + 2 * TIME_BYTES;
const GRACE_BYTES = DIGEST_BYTES + TIME_BYTES;
/** Stands for an absent time. It is later than any real one. */
const NO_TIME = 0xffff_ffff_ffff;

/** The sections that an update may replace, as the update script takes them: an empty one is left unchanged. */
export interface PackedChange {
  readonly current: Buffer | "";
  readonly pending: Buffer | "";
  readonly grace: Buffer | "";
  readonly methods: Buffer | "";
  readonly data: Buffer | "";
}

export function packRecord(record: SessionRecord): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt8(FORMAT, 0);
  header.writeUInt32BE(record.version, 1);
  header.writeUIntBE(record.createdAt, 5, TIME_BYTES);
  header.writeUIntBE(record.lastSeenAt, 11, TIME_BYTES);
  header.writeUIntBE(record.idleDeadline, 17, TIME_BYTES);
  header.writeUIntBE(record.absoluteDeadline, 23, TIME_BYTES);
  const { label, userAgent, ip } = record.device;
  return Buffer.concat([
    header,
    withLength(2, Buffer.from(record.userId)),
    packSecret(record.current),
    withLength(1, packPending(record.pending)),
    withLength(1, packGrace(record.grace)),
    withLength(1, packMethods(record.methods)),
    withLength(2, packData(record.data)),
    Buffer.from([record.remembered ? 1 : 0]),
    Buffer.from(record.lineageDigest, "base64url"),
    Buffer.from(record.csrfKey, "base64url"),
    withLength(1, Buffer.from(label)),
    withLength(2, userAgent === null ? null : Buffer.from(shortenUserAgent(userAgent))),
    withLength(1, ip === null ? null : Buffer.from(ip)),
  ]);
}

/** A leading mark distinguishes "replace by nothing" from "leave unchanged". */
export function packChange(change: SessionChange): PackedChange {
  return {
    current: change.current === undefined ? "" : marked(packSecret(change.current)),
    pending: change.pending === undefined ? "" : marked(packPending(change.pending)),
    grace: change.grace === undefined ? "" : marked(packGrace(change.grace)),
    methods: change.methods === undefined ? "" : marked(packMethods(change.methods)),
    data: change.data === undefined ? "" : marked(packData(change.data)),
  };
}

/** @throws CoatcheckError `store_schema_unsupported` for data that this version did not write */
export function unpackRecord({ userKey, sessionId }: SessionReference, packed: Buffer): SessionRecord {
  if (packed[0] !== FORMAT) {
    throw new CoatcheckError("store_schema_unsupported", "Redis holds a session that another version has written.");
  }
  const userId = sectionAt(packed, HEADER_BYTES, 2);
  const pending = sectionAt(packed, userId.end + SECRET_BYTES, 1);
  const grace = sectionAt(packed, pending.end, 1);
  const methods = sectionAt(packed, grace.end, 1);
  const data = sectionAt(packed, methods.end, 2);
  const lineage = data.end + 1;
  const csrfKey = lineage + DIGEST_BYTES;
  const label = sectionAt(packed, csrfKey + DIGEST_BYTES, 1);
  const userAgent = sectionAt(packed, label.end, 2);
  const ip = sectionAt(packed, userAgent.end, 1);
  return {
    userKey,
    sessionId,
    userId: textOf(packed, userId),
    lineageDigest: packed.toString("base64url", lineage, csrfKey),
    current: unpackSecret(packed, userId.end),
    pending: pending.start === pending.end ? null : unpackPending(packed, pending.start),
    grace: grace.start === grace.end ? [] : unpackGrace(packed, grace),
    createdAt: packed.readUIntBE(5, TIME_BYTES),
    lastSeenAt: packed.readUIntBE(11, TIME_BYTES),
    idleDeadline: packed.readUIntBE(17, TIME_BYTES),
    absoluteDeadline: packed.readUIntBE(23, TIME_BYTES),
    methods: methods.start === methods.end ? [] : JSON.parse(`[${textOf(packed, methods)}]`),
    remembered: packed[data.end] === 1,
    csrfKey: packed.toString("base64url", csrfKey, csrfKey + DIGEST_BYTES),
    device: {
      label: textOf(packed, label),
      userAgent: userAgent.isAbsent ? null : restoreUserAgent(textOf(packed, userAgent)),
      ip: ip.isAbsent ? null : textOf(packed, ip),
    },
    data: data.start === data.end ? {} : JSON.parse(textOf(packed, data)),
    version: packed.readUInt32BE(1),
  };
}

interface Section {
  readonly start: number;
  readonly end: number;
  readonly isAbsent: boolean;
}

type LengthBytes = 1 | 2;
const LENGTH_OF_ABSENT = { 1: 0xff, 2: 0xffff } as const;

function sectionAt(packed: Buffer, offset: number, lengthBytes: LengthBytes): Section {
  const length = lengthBytes === 1 ? packed.readUInt8(offset) : packed.readUInt16BE(offset);
  const start = offset + lengthBytes;
  const isAbsent = length === LENGTH_OF_ABSENT[lengthBytes];
  return { start, end: isAbsent ? start : start + length, isAbsent };
}

/** @throws CoatcheckError `invalid_session_data` */
function withLength(lengthBytes: LengthBytes, section: Buffer | null): Buffer {
  const absent = LENGTH_OF_ABSENT[lengthBytes];
  if (section !== null && section.length >= absent) {
    throw new CoatcheckError("invalid_session_data", "The methods, the device or the data of a session are too long.");
  }
  const length = Buffer.allocUnsafe(lengthBytes);
  length.writeUIntBE(section?.length ?? absent, 0, lengthBytes);
  return section === null ? length : Buffer.concat([length, section]);
}

function marked(section: Buffer): Buffer {
  return Buffer.concat([Buffer.from("="), section]);
}

function textOf(packed: Buffer, { start, end }: Section): string {
  return packed.toString("utf8", start, end);
}

function packSecret({ digest, issuedAt, authenticatedAt }: CurrentSecret): Buffer {
  const packed = Buffer.allocUnsafe(SECRET_BYTES);
  packed.write(digest, 0, "base64url");
  packed.writeUIntBE(issuedAt, DIGEST_BYTES, TIME_BYTES);
  packed.writeUIntBE(authenticatedAt ?? NO_TIME, DIGEST_BYTES + TIME_BYTES, TIME_BYTES);
  return packed;
}

function unpackSecret(packed: Buffer, start: number): CurrentSecret {
  const authenticatedAt = packed.readUIntBE(start + DIGEST_BYTES + TIME_BYTES, TIME_BYTES);
  return {
    digest: packed.toString("base64url", start, start + DIGEST_BYTES),
    issuedAt: packed.readUIntBE(start + DIGEST_BYTES, TIME_BYTES),
    authenticatedAt: authenticatedAt === NO_TIME ? null : authenticatedAt,
  };
}

function packPending(pending: PendingSecret | null): Buffer {
  return pending === null ? Buffer.of() : Buffer.concat([packSecret(pending), Buffer.from([pending.attempt])]);
}

function unpackPending(packed: Buffer, start: number): PendingSecret {
  return { ...unpackSecret(packed, start), attempt: packed.readUInt8(start + SECRET_BYTES) };
}

function packGrace(grace: readonly GraceSecret[]): Buffer {
  return Buffer.concat(
    grace.map(({ digest, validUntil }) => {
      const packed = Buffer.allocUnsafe(GRACE_BYTES);
      packed.write(digest, 0, "base64url");
      packed.writeUIntBE(validUntil, DIGEST_BYTES, TIME_BYTES);
      return packed;
    }),
  );
}

function unpackGrace(packed: Buffer, { start, end }: Section): readonly GraceSecret[] {
  const grace: GraceSecret[] = [];
  for (let offset = start; offset < end; offset += GRACE_BYTES) {
    const digest = packed.toString("base64url", offset, offset + DIGEST_BYTES);
    grace.push({ digest, validUntil: packed.readUIntBE(offset + DIGEST_BYTES, TIME_BYTES) });
  }
  return grace;
}

/** @throws CoatcheckError `invalid_session_data` */
function packMethods(methods: readonly string[]): Buffer {
  const packed = Buffer.from(JSON.stringify(methods).slice(1, -1));
  withLength(1, packed);
  return packed;
}

function packData(data: JsonObject): Buffer {
  return Object.keys(data).length === 0 ? Buffer.of() : Buffer.from(JSON.stringify(data));
}
