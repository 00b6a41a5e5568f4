CREATE TABLE ledger_account (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind <> ''),
    owner_kind TEXT NOT NULL,
    owner_id INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    floor_zero INTEGER NOT NULL,
    debits INTEGER NOT NULL DEFAULT 0,
    credits INTEGER NOT NULL DEFAULT 0,
    last_transfer INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    CONSTRAINT ledger_account_owner UNIQUE (kind, owner_kind, owner_id, currency),
    CONSTRAINT ledger_account_currency UNIQUE (id, currency),
    CONSTRAINT ledger_account_totals CHECK (debits >= 0 AND credits >= 0),
    CONSTRAINT ledger_account_floored CHECK (floor_zero = (kind IN (
        'order_escrow', 'farmer_payable', 'customer_credit', 'recharge_liability', 'suspense', 'withdrawal_pending'))),
    CONSTRAINT ledger_account_floor CHECK (floor_zero = 0 OR credits >= debits)
) STRICT

--
-- amount is ANY, not INTEGER: a strict INTEGER column quietly turns '5' and 1e3 into whole numbers
CREATE TABLE ledger_transfer (
    id INTEGER PRIMARY KEY,
    debit_account INTEGER NOT NULL,
    credit_account INTEGER NOT NULL,
    amount ANY NOT NULL,
    currency TEXT NOT NULL,
    key TEXT NOT NULL,
    why TEXT NOT NULL,
    order_id INTEGER,
    payment_id INTEGER,
    actor_id INTEGER,
    at TEXT NOT NULL,
    CONSTRAINT ledger_transfer_key UNIQUE (key),
    CONSTRAINT ledger_transfer_named CHECK (key <> '' AND why <> ''),
    CONSTRAINT ledger_transfer_sides CHECK (debit_account <> credit_account),
    CONSTRAINT ledger_transfer_amount CHECK (
        typeof(amount) = 'integer' AND amount > 0 AND amount <= 1000000000000000),
    CONSTRAINT ledger_transfer_debit FOREIGN KEY (debit_account, currency) REFERENCES ledger_account (id, currency),
    CONSTRAINT ledger_transfer_credit FOREIGN KEY (credit_account, currency) REFERENCES ledger_account (id, currency)
) STRICT

--
CREATE INDEX ledger_transfer_by_debit ON ledger_transfer (debit_account, id)

--
CREATE INDEX ledger_transfer_by_credit ON ledger_transfer (credit_account, id)

--
CREATE INDEX ledger_transfer_by_order ON ledger_transfer (order_id) WHERE order_id IS NOT NULL

--
-- BEFORE INSERT also stops INSERT OR REPLACE on connections that forgot PRAGMA recursive_triggers
CREATE TRIGGER ledger_account_opened BEFORE INSERT ON ledger_account BEGIN
    SELECT RAISE(ABORT, 'a ledger account opens with totals of zero')
    WHERE NEW.debits <> 0 OR NEW.credits <> 0 OR NEW.last_transfer <> 0;
    SELECT RAISE(ABORT, 'this ledger account exists')
    WHERE EXISTS (SELECT 1 FROM ledger_account AS kept WHERE kept.id = NEW.id OR (kept.kind = NEW.kind
        AND kept.owner_kind = NEW.owner_kind AND kept.owner_id = NEW.owner_id AND kept.currency = NEW.currency));
END

--
-- the only change let through: the totals grow by a transfer of this account that was not yet counted
CREATE TRIGGER ledger_account_kept BEFORE UPDATE ON ledger_account BEGIN
    SELECT RAISE(ABORT, 'only a transfer changes a ledger account')
    WHERE (NEW.id, NEW.kind, NEW.owner_kind, NEW.owner_id, NEW.currency, NEW.floor_zero, NEW.created_at)
        IS NOT (OLD.id, OLD.kind, OLD.owner_kind, OLD.owner_id, OLD.currency, OLD.floor_zero, OLD.created_at)
        OR NEW.last_transfer <= OLD.last_transfer
        OR NOT EXISTS (
            SELECT 1 FROM ledger_transfer AS booked
            WHERE booked.id = NEW.last_transfer AND OLD.id IN (booked.debit_account, booked.credit_account)
                AND NEW.debits - OLD.debits = iif(booked.debit_account = OLD.id, booked.amount, 0)
                AND NEW.credits - OLD.credits = iif(booked.credit_account = OLD.id, booked.amount, 0));
    SELECT RAISE(ABORT, 'ledger_account_floor: below zero') WHERE NEW.floor_zero = 1 AND NEW.credits < NEW.debits;
END

--
CREATE TRIGGER ledger_account_stays BEFORE DELETE ON ledger_account BEGIN
    SELECT RAISE(ABORT, 'a ledger account is never deleted');
END

--
-- repeats what checks and foreign keys say, for connections that switched those off by a PRAGMA
CREATE TRIGGER ledger_transfer_sound BEFORE INSERT ON ledger_transfer BEGIN
    SELECT RAISE(ABORT, 'this ledger transfer was booked before')
    WHERE EXISTS (SELECT 1 FROM ledger_transfer AS kept WHERE kept.id = NEW.id OR kept.key = NEW.key);
    SELECT RAISE(ABORT, 'a ledger transfer has a key and a reason') WHERE NEW.key = '' OR NEW.why = '';
    SELECT RAISE(ABORT, 'a ledger amount is a whole number above zero')
    WHERE typeof(NEW.amount) <> 'integer' OR NEW.amount <= 0 OR NEW.amount > 1000000000000000;
    SELECT RAISE(ABORT, 'a ledger transfer joins two accounts of its currency')
    WHERE (SELECT count(*) FROM ledger_account
        WHERE id IN (NEW.debit_account, NEW.credit_account) AND currency = NEW.currency) <> 2;
END

--
-- numbers without gaps: a chosen id is refused, and a row cut out of the file shows
CREATE TRIGGER ledger_transfer_counted AFTER INSERT ON ledger_transfer BEGIN
    SELECT RAISE(ABORT, 'ledger transfers are numbered without gaps')
    WHERE NEW.id <> 1 + coalesce((SELECT max(id) FROM ledger_transfer WHERE id < NEW.id), 0);
    UPDATE ledger_account SET
        debits = debits + iif(id = NEW.debit_account, NEW.amount, 0),
        credits = credits + iif(id = NEW.credit_account, NEW.amount, 0),
        last_transfer = NEW.id
    WHERE id IN (NEW.debit_account, NEW.credit_account);
END

--
CREATE TRIGGER ledger_transfer_kept BEFORE UPDATE ON ledger_transfer BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END

--
CREATE TRIGGER ledger_transfer_stays BEFORE DELETE ON ledger_transfer BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END
