CREATE TABLE ledger_account (
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    owner_kind text NOT NULL,
    owner_id bigint NOT NULL,
    currency text NOT NULL,
    floor_zero boolean NOT NULL,
    debits bigint NOT NULL DEFAULT 0,
    credits bigint NOT NULL DEFAULT 0,
    last_transfer bigint NOT NULL DEFAULT 0,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_account_pkey PRIMARY KEY (id),
    CONSTRAINT ledger_account_owner UNIQUE (kind, owner_kind, owner_id, currency),
    CONSTRAINT ledger_account_currency UNIQUE (id, currency),
    CONSTRAINT ledger_account_named CHECK (kind <> ''::text AND currency ~ '^[A-Z]{3}$'::text),
    CONSTRAINT ledger_account_totals CHECK (debits >= 0 AND credits >= 0),
    CONSTRAINT ledger_account_floored CHECK (floor_zero = (kind = ANY (ARRAY['order_escrow'::text, 'farmer_payable'::text, 'customer_credit'::text, 'recharge_liability'::text, 'suspense'::text, 'withdrawal_pending'::text]))),
    CONSTRAINT ledger_account_floor CHECK (NOT floor_zero OR credits >= debits)
)

--
-- amount is numeric, not bigint: assigned to a bigint, 1.5 is quietly rounded to 2
CREATE TABLE ledger_transfer (
    id bigint NOT NULL,
    debit_account bigint NOT NULL,
    credit_account bigint NOT NULL,
    amount numeric NOT NULL,
    currency text NOT NULL,
    key text NOT NULL,
    why text NOT NULL,
    order_id bigint,
    payment_id bigint,
    actor_id bigint,
    at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_transfer_pkey PRIMARY KEY (id),
    CONSTRAINT ledger_transfer_key UNIQUE (key),
    CONSTRAINT ledger_transfer_named CHECK (key <> ''::text AND why <> ''::text),
    CONSTRAINT ledger_transfer_sides CHECK (debit_account <> credit_account),
    CONSTRAINT ledger_transfer_amount CHECK (scale(amount) = 0 AND amount > 0::numeric AND amount <= '1000000000000000'::bigint::numeric),
    CONSTRAINT ledger_transfer_debit FOREIGN KEY (debit_account, currency) REFERENCES ledger_account(id, currency),
    CONSTRAINT ledger_transfer_credit FOREIGN KEY (credit_account, currency) REFERENCES ledger_account(id, currency)
)

--
CREATE SEQUENCE ledger_transfer_number OWNED BY ledger_transfer.id

--
CREATE INDEX ledger_transfer_by_debit ON ledger_transfer (debit_account, id)

--
CREATE INDEX ledger_transfer_by_credit ON ledger_transfer (credit_account, id)

--
CREATE INDEX ledger_transfer_by_order ON ledger_transfer (order_id) WHERE order_id IS NOT NULL

--
-- every function fixes its search path: a temporary table named ledger_account would otherwise stand before ours
CREATE FUNCTION ledger_refused() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
        MESSAGE = 'the ledger is append-only: ' || TG_OP || ' on ' || TG_TABLE_NAME || ' refused';
END
$$

--
CREATE FUNCTION ledger_account_opened() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.debits <> 0 OR NEW.credits <> 0 OR NEW.last_transfer <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = 'a ledger account opens with totals of zero';
    END IF;
    RETURN NEW;
END
$$

--
-- the only change let through: the totals grow by a transfer of this account that was not yet counted
CREATE FUNCTION ledger_account_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.owner_kind, NEW.owner_id, NEW.currency, NEW.floor_zero, NEW.created_at)
        IS NOT DISTINCT FROM
        (OLD.id, OLD.kind, OLD.owner_kind, OLD.owner_id, OLD.currency, OLD.floor_zero, OLD.created_at)
        AND NEW.last_transfer > OLD.last_transfer
        AND EXISTS (
            SELECT 1 FROM ledger_transfer AS booked
            WHERE booked.id = NEW.last_transfer AND OLD.id IN (booked.debit_account, booked.credit_account)
                AND NEW.debits - OLD.debits = CASE WHEN booked.debit_account = OLD.id THEN booked.amount ELSE 0 END
                AND NEW.credits - OLD.credits = CASE WHEN booked.credit_account = OLD.id THEN booked.amount ELSE 0 END)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
        MESSAGE = 'only a transfer changes a ledger account';
END
$$

--
-- FOR NO KEY UPDATE in id order: FOR UPDATE deadlocked with the foreign keys' own share locks.
-- The number is drawn under these locks, so that an account's transfers are numbered in the order they were counted
CREATE FUNCTION ledger_transfer_numbered() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM ledger_account WHERE id IN (NEW.debit_account, NEW.credit_account) ORDER BY id FOR NO KEY UPDATE;
    NEW.id := nextval('ledger_transfer_number');
    RETURN NEW;
END
$$

--
CREATE FUNCTION ledger_transfer_counted() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE ledger_account SET
        debits = debits + CASE WHEN id = NEW.debit_account THEN NEW.amount::bigint ELSE 0 END,
        credits = credits + CASE WHEN id = NEW.credit_account THEN NEW.amount::bigint ELSE 0 END,
        last_transfer = NEW.id
    WHERE id IN (NEW.debit_account, NEW.credit_account);
    RETURN NULL;
END
$$

--
CREATE TRIGGER ledger_account_opened BEFORE INSERT ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_opened()

--
CREATE TRIGGER ledger_account_kept BEFORE UPDATE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_kept()

--
CREATE TRIGGER ledger_account_stays BEFORE DELETE OR TRUNCATE ON ledger_account FOR EACH STATEMENT EXECUTE FUNCTION ledger_refused()

--
CREATE TRIGGER ledger_transfer_numbered BEFORE INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_transfer_numbered()

--
CREATE TRIGGER ledger_transfer_counted AFTER INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_transfer_counted()

--
CREATE TRIGGER ledger_transfer_stays BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger_transfer FOR EACH STATEMENT EXECUTE FUNCTION ledger_refused()
