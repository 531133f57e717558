/**
 * profiles/numbered: texts whose sections carry decimal numbers, as RFCs do: `13.1.1.  Title`.
 *
 * Data only; it never holds a rule of its own.
 */
import { PLAIN, type Profile, wordLevel } from "./profile.ts";

export const NUMBERED: Profile = {
  ...PLAIN,
  name: "numbered",
  about: "decimal numbers, as in RFCs: 1., 13.1.1., Appendix A, A.1.",
  unitKind: "document_unit",
  levels: [
    wordLevel({ kind: "appendix", words: ["Appendix", "Annex"] }, { divider: "space" }),
    { name: "Section", kind: "section", sectionType: "section", role: "structure", label: { form: "decimal" } },
  ],
  listTitles: ["table of contents", "contents"],
};
