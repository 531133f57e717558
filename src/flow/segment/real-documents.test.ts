/**
 * real-documents.test: every document beside the project, cut with the profile that auto chooses.
 *
 * Articles, sections and what groups them were compared with the source once: by eye in the small ones, in the large
 * ones by the list of heading lines that are no units. Clauses and points were compared with an expression over the
 * lines, and the first of its differences by eye. Where a count differs from MANIFEST.tsv, the reason stands beside it.
 */
import { expect, test } from "bun:test";
import { concatenated, counts, cutReal, realDocument } from "./sample.ts";
import type { Unit } from "./segment.ts";

type Expected = {
  readonly profile: string;
  readonly counts: Record<string, number>;
  /** By address, below the document. */
  readonly headings: Record<string, string | null>;
};

const DOCUMENTS: Record<string, Expected> = {
  "us-constitution-1787.md": {
    profile: "law-en",
    counts: { front_matter: 1, article: 7, section: 21 },
    headings: { "article-1": null, "article-1/section-10": null, "article-7": null },
  },
  "de-gg.md": {
    profile: "law-de",
    // 200 in MANIFEST, and `(XXXX) Art 74a und 75`, which its expression leaves out.
    counts: { front_matter: 1, preamble: 1, chapter: 14, article: 201, clause: 466, point: 111, annex: 1 },
    headings: {
      "chapter-1": "Die Grundrechte",
      "chapter-4a": "Gemeinsamer Ausschuß",
      "chapter-8a": "Gemeinschaftsaufgaben, Verwaltungszusammenarbeit",
      "chapter-3/article-45d": "Parlamentarisches Kontrollgremium",
      "chapter-1/article-12a": null,
      "annex-ev": null,
    },
  },
  "fr-constitution-1958.txt": {
    profile: "law-fr",
    // 16 titles in MANIFEST, and `Titre XI BIS`, which its expression leaves out; the 17 of the contents are none.
    counts: { front_matter: 1, preamble: 1, article: 109, title: 17 },
    headings: {
      "title-1": "DE LA SOUVERAINETÉ",
      "title-11-bis": "LE DÉFENSEUR DES DROITS",
      "title-16": "DE LA RÉVISION",
      "title-2/article-11~2": null,
    },
  },
  "commonmark-spec.txt": {
    profile: "markdown",
    counts: { front_matter: 1, heading: 45 },
    headings: { "heading-preliminaries/heading-tabs": "Tabs" },
  },
  "rust-rfc-2094-nll.md": {
    profile: "markdown",
    counts: { front_matter: 1, heading: 48 },
    headings: { "heading-motivation/heading-what-is-a-lifetime": "What is a lifetime?" },
  },
  "18f-travel-guide-faq.md": {
    profile: "markdown",
    counts: { front_matter: 1, heading: 52 },
    headings: { "heading-questions-about-reimbursement": "Questions about reimbursement" },
  },
  "vn-luat-35-2024-duong-bo.md": {
    profile: "law-vi",
    counts: { front_matter: 1, chapter: 6, article: 86, clause: 388, point: 383, section: 4 },
    headings: {
      "chapter-2/section-1": "PHÂN LOẠI, ĐẶT TÊN, SỐ HIỆU ĐƯỜNG BỘ",
      "chapter-6/article-86": "Quy định chuyển tiếp",
    },
  },
  "vn-luat-69-2020-lao-dong-nuoc-ngoai.txt": {
    profile: "law-vi",
    counts: { front_matter: 1, chapter: 8, article: 74, clause: 259, point: 226, section: 9 },
    headings: {
      // Wrapped over two lines.
      "chapter-1/article-5": "Các hình thức người lao động Việt Nam đi làm việc ở nước ngoài theo hợp đồng",
      "chapter-2/section-3":
        "TỔ CHỨC, CÁ NHÂN VIỆT NAM ĐẦU TƯ RA NƯỚC NGOÀI ĐƯA NGƯỜI LAO ĐỘNG VIỆT NAM ĐI LÀM VIỆC Ở NƯỚC NGOÀI",
      "chapter-8/article-74": "Quy định chuyển tiếp",
    },
  },
  "vn-vbhn-112-thue-tncn.txt": {
    profile: "law-vi",
    counts: { front_matter: 1, chapter: 4, article: 29, clause: 111, point: 59 },
    headings: {
      "chapter-3/article-26": "Thuế thu nhập cá nhân đối với thu nhập từ trúng thưởng, nhận thừa kế, quà tặng",
      // Of `ĐIỀU KHOẢN THI HÀNH3` the footnote mark is left out.
      "chapter-4": "ĐIỀU KHOẢN THI HÀNH",
    },
  },
  "vn-dan-su-phapdien.md": {
    profile: "law-vi",
    // MANIFEST counts the index too: 12 parts, 54 chapters, 1,480 articles are twice the document's own.
    counts: { front_matter: 1, part: 6, chapter: 27, article: 740, clause: 1541, section: 39, point: 406, index: 1 },
    headings: {
      "part-1": "QUY ĐỊNH CHUNG",
      "part-1/chapter-1/article-9-1-lq-1": "Phạm vi điều chỉnh",
      "part-3/chapter-16/section-4": "HỢP ĐỒNG VAY TÀI SẢN",
    },
  },
  "fr-code-civil.md": {
    profile: "law-fr",
    counts: {
      ...{ front_matter: 1, title: 60, article: 2917, book: 5, chapter: 232, clause: 21, point: 487, section: 461 },
      ...{ paragraph: 235, subsection: 248, subtitle: 9, part: 2 },
    },
    headings: {
      "book-1/title-1-bis": "De la nationalité française",
      "title-preliminaire": "De la publication, des effets et de l'application des lois en général",
    },
  },
  "de-bgb.md": {
    profile: "law-de",
    counts: {
      ...{ front_matter: 1, book: 5, chapter: 35, title: 92, section: 2527, clause: 3561, subtitle: 78 },
      ...{ division: 34, point: 974, subdivision: 15 },
    },
    headings: {
      "book-1/chapter-1/title-1/section-1": "Beginn der Rechtsfähigkeit",
      "book-1/chapter-1/title-1/section-3-6": "(weggefallen)",
      "book-2/chapter-3/title-2a": "Verträge über digitale Produkte",
    },
  },
  "vn-hai-quan-phapdien.md": {
    profile: "law-vi",
    // MANIFEST: 2,388, of which 1,272 stand in the index; five of ours stand behind a blank, which it leaves out.
    counts: { front_matter: 1, chapter: 8, article: 1121, clause: 4345, point: 4420, section: 12, index: 1 },
    headings: {
      "chapter-1/article-26-2-lq-1": "Phạm vi điều chỉnh",
      "chapter-3/section-2": "CHẾ ĐỘ ƯU TIÊN ĐỐI VỚI DOANH NGHIỆP",
    },
  },
  "ie-taxes-consolidation-act-1997.md": {
    profile: "law-en",
    counts: {
      ...{ front_matter: 1, part: 49, section: 1104, clause: 4624, point: 8878, chapter: 131, schedule: 32 },
    },
    headings: {
      "part-2/chapter-1": "Income tax",
      "part-3": "Provisions Relating to the Schedule C Charge and Government and Other Public Securities",
      "schedule-25": null,
    },
  },
};

/** Of a heading that goes on, what the table says is its beginning. */
function headingAt(units: readonly Unit[], address: string, wanted: string | null): string | null | undefined {
  const heading = units.find((unit) => unit.address === `D/${address}`)?.heading;
  return typeof heading === "string" && wanted !== null ? heading.slice(0, wanted.length) : heading;
}

for (const [name, expected] of Object.entries(DOCUMENTS)) {
  test(`${name} is tiled, uniquely addressed and counted as before`, () => {
    const { bytes, profile, units } = cutReal(name);
    expect({ profile, counts: counts(units) }).toEqual({ profile: expected.profile, counts: expected.counts });
    expect(concatenated(bytes, units).equals(bytes)).toBe(true);
    expect(new Set(units.map(({ address }) => address)).size).toBe(units.length);
    const headings = Object.entries(expected.headings);
    const got = headings.map(([address, wanted]) => [address, headingAt(units, address, wanted)]);
    expect(Object.fromEntries(got)).toEqual(expected.headings);
  });
}

test("MANIFEST.tsv names no document that is not in the table", () => {
  const manifest = new TextDecoder().decode(realDocument("MANIFEST.tsv"));
  const names = manifest
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t")[0] ?? "");
  expect(names.filter((name) => name !== "").sort()).toEqual(Object.keys(DOCUMENTS).sort());
});
