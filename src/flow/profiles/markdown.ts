/**
 * profiles/markdown: any Markdown text: its headings, `#` or underlined, outside code.
 *
 * The heading level is the structure here, as it is not in law texts. Data only; it never holds a rule of its own.
 */
import { PLAIN, type Profile } from "./profile.ts";

export const MARKDOWN: Profile = {
  ...PLAIN,
  name: "markdown",
  version: "2",
  about: "Markdown: headings outside code, nested by their level",
  unitKind: "handbook_unit",
  levels: [{ name: "Heading", kind: "heading", sectionType: "heading", role: "structure", label: { form: "heading" } }],
};
