-- Every node hears of each account that changed, because nodes may hold copies. Triggers tell them, so that a change
-- that an operator makes by hand is told too.

CREATE FUNCTION coatcheck_tell_account_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('coatcheck_account_changes', OLD.id);
  RETURN NULL;
END
$$;

CREATE TRIGGER coatcheck_tell_account_change AFTER UPDATE OR DELETE ON coatcheck_accounts
  FOR EACH ROW EXECUTE FUNCTION coatcheck_tell_account_change();

CREATE FUNCTION coatcheck_tell_pending_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('coatcheck_account_changes', NEW.user_id);
  RETURN NULL;
END
$$;

CREATE TRIGGER coatcheck_tell_pending_revocation AFTER INSERT OR UPDATE ON coatcheck_pending_revocations
  FOR EACH ROW EXECUTE FUNCTION coatcheck_tell_pending_revocation();
