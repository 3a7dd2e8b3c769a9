-- How many of the failures are attempts whose password is still being checked: what finds the count full of those alone
-- waits for them. They stop counting as such 30 seconds after the last of them: its process may have died.
ALTER TABLE coatcheck_login_failures ADD COLUMN undecided integer NOT NULL DEFAULT 0 CHECK (undecided >= 0);
