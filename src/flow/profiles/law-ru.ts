/**
 * profiles/law-ru: Russian laws and codes: часть, раздел, глава, статья, пункт.
 *
 * Data only; it never holds a rule of its own.
 */
import { enumeratorLevel, PLAIN, type Profile, wordLevel } from "./profile.ts";

export const LAW_RU: Profile = {
  ...PLAIN,
  name: "law-ru",
  version: "3",
  about: "Russian law: часть, раздел, подраздел, глава, статья, часть статьи, пункт",
  levels: [
    wordLevel({ kind: "preamble", words: ["Преамбула"] }, { role: "apart", number: "none" }),
    wordLevel({ kind: "annex", words: ["Приложение"] }, { role: "annex", number: "optional" }),
    wordLevel({ kind: "part", words: ["Часть"] }),
    wordLevel({ kind: "division", sectionType: "part", words: ["Раздел"] }),
    wordLevel({ kind: "subdivision", sectionType: "part", words: ["Подраздел"] }),
    wordLevel({ kind: "chapter", words: ["Глава"] }),
    wordLevel({ kind: "paragraph", words: ["§", "Параграф"] }, { divider: "space" }),
    wordLevel({ kind: "article", words: ["Статья"] }, { role: "leaf" }),
    enumeratorLevel({ kind: "clause", name: "Часть", styles: ["1."] }),
    enumeratorLevel({ kind: "point", name: "Пункт", styles: ["1)"] }),
    enumeratorLevel({ kind: "point", name: "Подпункт", styles: ["a)"] }),
  ],
  ordinals: {
    ...{ первая: 1, первый: 1, вторая: 2, второй: 2, третья: 3, третий: 3, четвертая: 4, четвертый: 4, четвёртая: 4 },
    ...{ четвёртый: 4, пятая: 5, пятый: 5, шестая: 6, шестой: 6, седьмая: 7, седьмой: 7, восьмая: 8, восьмой: 8 },
    ...{ девятая: 9, девятый: 9, десятая: 10, десятый: 10 },
  },
  numbers: "dotted",
  superscripts: "number",
  alphabet: "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
  continuing: [
    ...["в", "и", "или", "с", "со", "по", "на", "из", "от", "до", "к", "о", "об", "за", "при", "для", "согласно"],
    ...["статьи", "статьей", "статьёй", "статье", "пункта", "части", "главы", "настоящей", "указанной"],
  ],
  listTitles: ["оглавление", "содержание"],
  commonWords: ["и", "в", "на", "не", "по", "или", "с", "о", "от", "для", "за", "при", "статьи", "закона"],
};
