-- What was first drafted, a reply or an update for a client, kept from a person's first change on, and how much
-- of it they have changed by now: from 0 (nothing) to 1 (everything).
ALTER TABLE suggestions
  ADD COLUMN drafted text CHECK (char_length(drafted) BETWEEN 1 AND 70000),
  ADD COLUMN draft_change real CHECK (draft_change BETWEEN 0 AND 1),
  ADD CONSTRAINT suggestions_drafted_whole CHECK ((drafted IS NULL) = (draft_change IS NULL));
