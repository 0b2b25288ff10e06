-- The use case reply: a draft that a person changes, copies and sends by themselves.
ALTER TABLE jobs DROP CONSTRAINT jobs_use_case_check,
  ADD CONSTRAINT jobs_use_case_check CHECK (use_case IN ('PLAN','NOTES','REPLY'));
ALTER TABLE suggestions DROP CONSTRAINT suggestions_use_case_check,
  ADD CONSTRAINT suggestions_use_case_check CHECK (use_case IN ('PLAN','NOTES','REPLY')),
  ADD COLUMN draft text CHECK (char_length(draft) BETWEEN 1 AND 20000);
