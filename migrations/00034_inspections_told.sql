-- An agency is told that an inspection waits for its reply, and reminded of the last
-- day; of the end of its guarantees, and of the last day to top them up. Row security of the standards holds for their owner too, as everywhere.
-- +goose Up
ALTER TABLE inspection_standards FORCE ROW LEVEL SECURITY;
ALTER TABLE agency_notices DROP CONSTRAINT agency_notices_kind_check,
    ADD CONSTRAINT agency_notices_kind_check CHECK (kind IN ('step','expiry','renewal','reply','condition','suspension_over','appeal','document','inspection','inspection_reply','guarantee','top_up'));

-- +goose Down
ALTER TABLE agency_notices DROP CONSTRAINT agency_notices_kind_check,
    ADD CONSTRAINT agency_notices_kind_check CHECK (kind IN ('step','expiry','renewal','reply','condition','suspension_over','appeal','document')) NOT VALID;
ALTER TABLE inspection_standards NO FORCE ROW LEVEL SECURITY;
