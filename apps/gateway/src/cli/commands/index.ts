import type { Command } from "../shared/command.ts";
import { auditTail } from "./audit-tail.ts";
import { configCheck } from "./config-check.ts";
import { demo } from "./demo.ts";
import { files } from "./files.ts";
import { gateway } from "./gateway.ts";
import { keysList } from "./keys-list.ts";
import { keysRetire } from "./keys-retire.ts";
import { keysRotate } from "./keys-rotate.ts";
import { migrate } from "./migrate.ts";
import { passesVoid } from "./passes-void.ts";
import { sessionsList } from "./sessions-list.ts";
import { sessionsRevoke } from "./sessions-revoke.ts";
import { usersAdd } from "./users-add.ts";
import { usersDisable } from "./users-disable.ts";
import { usersEdit } from "./users-edit.ts";
import { usersEnable } from "./users-enable.ts";
import { usersList } from "./users-list.ts";
import { usersSetPassword } from "./users-set-password.ts";
import { usersUnlock } from "./users-unlock.ts";

/** Every command, in the order in which `--help` lists them. */
export const commands: readonly Command[] = [
  demo,
  gateway,
  files,
  usersAdd,
  usersList,
  usersEdit,
  usersDisable,
  usersEnable,
  usersUnlock,
  usersSetPassword,
  sessionsList,
  sessionsRevoke,
  keysList,
  keysRotate,
  keysRetire,
  passesVoid,
  auditTail,
  configCheck,
  migrate,
];
