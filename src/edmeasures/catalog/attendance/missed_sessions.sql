-- Missed sessions of registers; each is half a day. The kernel adds them to the missed shares.
SELECT
  g.spell_id AS spell_id,
  g.day_on AS day_on,
  (g.authorised_sessions + g.unauthorised_sessions) * $half_day_units AS absent_units
FROM register_sessions AS g
WHERE g.authorised_sessions + g.unauthorised_sessions > 0
