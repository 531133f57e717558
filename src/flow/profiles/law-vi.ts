/**
 * profiles/law-vi: Vietnamese laws, decrees and the codification (pháp điển).
 *
 * Phần, Chương, Mục, Tiểu mục, Điều, Khoản, Điểm. Data only; it never holds a rule of its own.
 */
import { enumeratorLevel, PLAIN, type Profile, wordLevel } from "./profile.ts";

export const LAW_VI: Profile = {
  ...PLAIN,
  name: "law-vi",
  version: "2",
  about: "Vietnamese law: Phần, Chương, Mục, Tiểu mục, Điều, Khoản, Điểm",
  levels: [
    wordLevel({ kind: "preamble", words: ["Lời nói đầu"] }, { role: "apart", number: "none" }),
    wordLevel({ kind: "annex", words: ["Phụ lục"] }, { role: "annex", number: "optional" }),
    wordLevel({ kind: "part", words: ["Phần"] }),
    wordLevel({ kind: "chapter", words: ["Chương"] }),
    wordLevel({ kind: "section", words: ["Mục"] }),
    wordLevel({ kind: "subsection", words: ["Tiểu mục"] }),
    wordLevel({ kind: "article", words: ["Điều"] }, { role: "leaf" }),
    enumeratorLevel({ kind: "clause", name: "Khoản", styles: ["1."] }),
    enumeratorLevel({ kind: "point", name: "Điểm", styles: ["a)"] }),
  ],
  ordinals: {
    ...{ nhất: 1, một: 1, hai: 2, ba: 3, tư: 4, bốn: 4, năm: 5, sáu: 6, bảy: 7, tám: 8, chín: 9, mười: 10 },
  },
  ordinalMarks: ["thứ"],
  alphabet: "abcdđefghijklmnopqrstuvwxyz",
  continuing: [
    ...["tại", "của", "và", "hoặc", "theo", "các", "với", "từ", "đến", "khoản", "điểm", "điều", "quy định", "bởi"],
    ...["chương", "mục", "trong", "cho", "là", "về", "bổ sung", "sửa đổi", "thực hiện", "này", "ở", "bằng", "do"],
  ],
  listTitles: ["mục lục", "danh sách điều khoản", "danh mục điều khoản"],
  commonWords: ["của", "và", "các", "theo", "quy", "định", "luật", "điều", "người", "được", "có", "là", "trong"],
};
