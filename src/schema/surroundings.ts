/**
 * surroundings: what stands around our objects and may act on them: event triggers, publications, settings, and
 * strangers in our schema. None of it is ours, so all of it is a difference until a baseline accepts it.
 *
 * Pure: makes shapes of rows that read-shape.ts has read. Settings of roles belong to the rights, which no baseline
 * accepts (read-rights.ts).
 */
import type { Row } from "../kernel/session/session.ts";

export type Surroundings = {
  /** Name to event and function; those of an extension are left out. */
  readonly eventTriggers: Readonly<Record<string, string>>;
  /** Name to those of our tables whose changes leave the database. */
  readonly publications: Readonly<Record<string, string>>;
  /** e.g. `type cutter_governance.word`: what is neither relation nor function. */
  readonly objects: Readonly<Record<string, string>>;
  /** e.g. `all roles in this database: search_path` to its value. */
  readonly settings: Readonly<Record<string, string>>;
};

export type RoleSetting = { readonly role: string; readonly object: string; readonly value: string };

export function surroundingsOf(rows: readonly Row[], settings: readonly Row[]): Surroundings {
  const named = (kind: string): Record<string, string> =>
    Object.fromEntries(
      rows
        .filter((row) => row.kind === kind && row.extension === null)
        .map((row) => [row.object, row.definition ?? ""]),
    );
  const ofNoRole = settings.filter(({ role }) => role === "");
  return {
    eventTriggers: named("event trigger"),
    publications: named("publication"),
    objects: named("object"),
    settings: Object.fromEntries(ofNoRole.map((row) => [settingOf(row), row.value ?? ""])),
  };
}

export function roleSettingsOf(settings: readonly Row[]): readonly RoleSetting[] {
  return settings
    .filter(({ role }) => role !== "")
    .map((row) => ({ role: row.role ?? "", object: settingOf(row), value: row.value ?? "" }));
}

/** What a person should know and need not change. */
export function surroundingRemarks(rows: readonly Row[]): readonly string[] {
  const extensions = rows.filter(({ extension }) => extension !== null);
  const shadows = rows.filter(({ kind }) => kind === "shadow").map(({ object }) => object ?? "");
  const rest = shadows.length > NAMED_SHADOWS ? ` and ${shadows.length - NAMED_SHADOWS} more` : "";
  const hidden = `schema public has names of pg_catalog: ${shadows.slice(0, NAMED_SHADOWS).join(", ")}${rest}`;
  return [
    ...extensions.map((row) => `event trigger ${row.object} is part of the extension ${row.extension}`),
    ...(shadows.length === 0 ? [] : [`${hidden}; our functions do not look there`]),
  ];
}

const NAMED_SHADOWS = 5;

function settingOf({ scope, name }: Row): string {
  return `${scope}: ${name}`;
}
