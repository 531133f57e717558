/**
 * profiles/built-in: the profiles that the program carries, by name.
 *
 * The order is that in which `auto` weighs them: of two that fit equally well the first is taken. Data only.
 */
import { LAW_DE } from "./law-de.ts";
import { LAW_EN } from "./law-en.ts";
import { LAW_FR } from "./law-fr.ts";
import { LAW_RU } from "./law-ru.ts";
import { LAW_VI } from "./law-vi.ts";
import { MARKDOWN } from "./markdown.ts";
import { NUMBERED } from "./numbered.ts";
import type { Profile } from "./profile.ts";

export const BUILT_IN_PROFILES: readonly Profile[] = [LAW_VI, LAW_EN, LAW_DE, LAW_FR, LAW_RU, NUMBERED, MARKDOWN];
