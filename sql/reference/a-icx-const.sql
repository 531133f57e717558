-- Reference data 1 of 3: ICX-CONST, the constitution of an exchange that does not exist: 60 enacted units (a preamble,
-- eight chapters, 51 articles), one version each, and 60 log rows. Our own text. Deterministic: ids are the first half
-- of a SHA-256 of what they identify, times are counted from a fixed moment, created_by is always 'reference'.
-- The bodies in order are the source document, byte for byte. Parameters: none. Locks: those of INSERT.
DO $reference$
BEGIN
  WITH unit (ordinal, path, title, body) AS (
    SELECT row_number() OVER (), path, title,
      CASE
        WHEN path = 'preamble' THEN format(E'# Constitution of the Inter-Commons Exchange\n\n## %s\n\n%s\n\n', title, body)
        WHEN path LIKE '%/%' THEN format(E'### %s\n\n%s\n\n', title, body)
        ELSE format(E'## %s\n\n', title)
      END
    FROM (VALUES
      ('preamble', 'Preamble', 'We, the members of the Exchange, who hold in common what none of us could keep alone, give ourselves this constitution so that what is decided is written, what is written can be found, and what is found can be relied upon.'),
      ('chapter-1', 'Chapter 1. Foundations', ''),
      ('chapter-1/article-1', 'Article 1. Name and seat', 'The body is called the Inter-Commons Exchange. Its seat is where its register is kept.'),
      ('chapter-1/article-2', 'Article 2. Purpose', 'The Exchange keeps, orders and lends the works that its members entrust to it, and answers for their integrity.'),
      ('chapter-1/article-3', 'Article 3. The written word prevails', 'No practice, however long, sets aside a written provision. A provision that nobody can find binds nobody.'),
      ('chapter-1/article-4', 'Article 4. Languages', 'This constitution is equally binding in every language in which the Assembly has enacted it. Where two differ, the narrower duty is owed.'),
      ('chapter-1/article-5', 'Article 5. Publicity', E'(1) The register is public.\n(2) What must stay confidential is listed with the reason and the day on which the reason ends.'),
      ('chapter-1/article-6', 'Article 6. Good faith', 'Members and officers act as they would wish the register to show.'),
      ('chapter-1/article-7', 'Article 7. Continuity', 'An office that falls vacant is held by the deputy until it is filled, and no act lapses for want of an officer.'),
      ('chapter-2', 'Chapter 2. Members', ''),
      ('chapter-2/article-8', 'Article 8. Admission', 'Any commons that keeps a register of its own may be admitted by two thirds of the votes cast.'),
      ('chapter-2/article-9', 'Article 9. Equality', 'Each member has one vote, whatever it has entrusted and however long it has belonged.'),
      ('chapter-2/article-10', 'Article 10. Right to inspect', 'A member may inspect every record that concerns it within three working days, and may take a copy.'),
      ('chapter-2/article-11', 'Article 11. Right to be heard', 'No decision is taken against a member that was not asked first.'),
      ('chapter-2/article-12', 'Article 12. Contributions', E'(1) Contributions are set once a year.\n(2) A member in arrears keeps its vote and loses its right to borrow.'),
      ('chapter-2/article-13', 'Article 13. Withdrawal', 'A member may leave at the end of a quarter. What it entrusted is returned with its history.'),
      ('chapter-2/article-14', 'Article 14. Suspension', E'(1) A member that alters a record of another is suspended.\n(2) The suspension ends when the record is restored and the loss made good.'),
      ('chapter-3', 'Chapter 3. The Assembly', ''),
      ('chapter-3/article-15', 'Article 15. Composition', 'The Assembly is the delegates of all members, one for each.'),
      ('chapter-3/article-16', 'Article 16. Sessions', 'It meets in spring and in autumn, and whenever a fifth of the members asks for it in writing.'),
      ('chapter-3/article-17', 'Article 17. Quorum', 'It decides when more than half of the members are present. A second call to the same agenda needs no quorum and says so.'),
      ('chapter-3/article-18', 'Article 18. Majorities', 'It decides by the majority of the votes cast, unless this constitution asks for more.'),
      ('chapter-3/article-19', 'Article 19. Enactment', 'A text is enacted by two readings, at least ten days apart, in the same words.'),
      ('chapter-3/article-20', 'Article 20. Minutes', 'The minutes name the texts that were read by their address and their digest.'),
      ('chapter-3/article-21', 'Article 21. Committees', 'The Assembly may have a matter prepared by a committee, which proposes and does not decide.'),
      ('chapter-4', 'Chapter 4. The Council', ''),
      ('chapter-4/article-22', 'Article 22. Task', 'The Council carries out what the Assembly has enacted and answers to it.'),
      ('chapter-4/article-23', 'Article 23. Election', 'It has seven members, elected for three years. No one serves more than twice in a row.'),
      ('chapter-4/article-24', 'Article 24. Chair', 'The Council elects its chair, who speaks for it and has no vote of greater weight.'),
      ('chapter-4/article-25', 'Article 25. Ordinances', 'It may issue ordinances where an enacted text says so, and names that text in the first line.'),
      ('chapter-4/article-26', 'Article 26. Urgent measures', E'(1) If delay would do lasting harm, the Council may act without the authority of a text.\n(2) The measure ends after thirty days unless the Assembly confirms it.'),
      ('chapter-4/article-27', 'Article 27. Conflict of interest', 'Who stands to gain or lose leaves the room, and the minutes say so.'),
      ('chapter-5', 'Chapter 5. The register', ''),
      ('chapter-5/article-28', 'Article 28. What is kept', 'The register holds every enacted text, every version of it, and every act by which it changed.'),
      ('chapter-5/article-29', 'Article 29. Addresses', 'Each unit of a text has one address, which is never given to another.'),
      ('chapter-5/article-30', 'Article 30. Immutability', 'An enacted unit is not changed and not removed. A new text may supersede it; both remain.'),
      ('chapter-5/article-31', 'Article 31. Two hands', E'(1) Who writes into the register does not confirm what was written.\n(2) Who confirms reads the register again, and not the draft.'),
      ('chapter-5/article-32', 'Article 32. Registrar', 'The registrar is appointed by the Assembly for six years and may be removed by it for cause only.'),
      ('chapter-5/article-33', 'Article 33. Errors', 'A slip of the pen is corrected by a note beside the text, signed and dated, never in the text.'),
      ('chapter-5/article-34', 'Article 34. Copies', 'A copy is kept in another place, encrypted, and is read back before it is relied upon.'),
      ('chapter-6', 'Chapter 6. Review', ''),
      ('chapter-6/article-35', 'Article 35. The Tribunal', 'Three judges, elected for nine years, decide whether an act agrees with this constitution.'),
      ('chapter-6/article-36', 'Article 36. Who may ask', 'Any member, any officer, and anyone whom an act concerns may ask.'),
      ('chapter-6/article-37', 'Article 37. Effect', 'An act that does not agree is void from the beginning. What was done in good faith under it stands.'),
      ('chapter-6/article-38', 'Article 38. Reasons', 'Every judgment gives its reasons, and every judge may add another opinion.'),
      ('chapter-6/article-39', 'Article 39. Interim protection', 'The Tribunal may hold an act until it has decided. Nothing moves past a hold.'),
      ('chapter-6/article-40', 'Article 40. Cost', 'Proceedings are free. A party that lied pays what its lie has cost.'),
      ('chapter-7', 'Chapter 7. Means', ''),
      ('chapter-7/article-41', 'Article 41. Budget', 'Nothing is spent that the budget does not name.'),
      ('chapter-7/article-42', 'Article 42. Accounts', 'The accounts are closed by the end of March and are public from the day of their closing.'),
      ('chapter-7/article-43', 'Article 43. Audit', 'Two auditors who hold no other office examine the accounts and the register alike.'),
      ('chapter-7/article-44', 'Article 44. Reserve', 'A reserve of half a year''s expenses is kept and is touched by two thirds of the votes only.'),
      ('chapter-7/article-45', 'Article 45. Gifts', 'A gift to which a condition is attached is accepted by the Assembly or not at all.'),
      ('chapter-8', 'Chapter 8. Amendment and final provisions', ''),
      ('chapter-8/article-46', 'Article 46. Amendment', 'This constitution is amended by three quarters of all members, in a text that names the articles concerned.'),
      ('chapter-8/article-47', 'Article 47. What cannot be amended', 'Articles 3, 9, 11 and 30 cannot be amended.'),
      ('chapter-8/article-48', 'Article 48. Earlier texts', 'Texts in force on the day of enactment stay in force as far as they agree with this constitution.'),
      ('chapter-8/article-49', 'Article 49. Dissolution', 'If the Exchange is dissolved, the register goes to a body that will keep it open.'),
      ('chapter-8/article-50', 'Article 50. First elections', 'The first elections are held within ninety days of enactment.'),
      ('chapter-8/article-51', 'Article 51. Entry into force', 'This constitution enters into force on the day after its second reading.')
    ) AS text (path, title, body)
  ), placed AS (
    SELECT *, 'ICX-CONST/' || path AS address, timestamptz '2026-03-02 09:00:00+00' + ordinal * interval '1 second' AS at,
      left(encode(sha256(convert_to('unit ICX-CONST/' || path, 'UTF8')), 'hex'), 32)::uuid AS unit_id
    FROM unit
  ), units AS (
    INSERT INTO public.information_unit (id, canonical_address, unit_kind, identity_profile, lifecycle_status,
      owner_ref, created_by, created_at, enacted_at)
    SELECT unit_id, address, 'law_unit', jsonb_build_object('primary_section_type_ref', 'vocab.section_type.'
        || CASE WHEN path LIKE '%/%' THEN 'article' WHEN path = 'preamble' THEN path ELSE 'chapter' END),
      'enacted', 'assembly', 'reference', at, timestamptz '2026-03-02 16:00:00+00'
    FROM placed ORDER BY ordinal
  ), versions AS (
    INSERT INTO public.unit_version (id, information_unit_id, version_no, title, body, content_sha256,
      publication_type, created_by, created_at)
    SELECT left(encode(sha256(convert_to('version 1 ' || address, 'UTF8')), 'hex'), 32)::uuid, unit_id, 1, title, body,
      encode(sha256(convert_to(body, 'UTF8')), 'hex'), 'law', 'reference', at
    FROM placed ORDER BY ordinal
  )
  INSERT INTO public.iu_lifecycle_log
    (id, information_unit_id, from_status, to_status, actor, created_by, created_at)
  SELECT left(encode(sha256(convert_to('enacted ' || address, 'UTF8')), 'hex'), 32)::uuid, unit_id, 'draft', 'enacted',
    'assembly', 'reference', timestamptz '2026-03-02 16:00:00+00'
  FROM placed ORDER BY ordinal;
END
$reference$;
