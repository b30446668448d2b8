-- Two periods of one licence never run at once.
-- +goose Up
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE licence_periods ADD CONSTRAINT licence_periods_apart
    EXCLUDE USING gist (agency_id WITH =, daterange(valid_from, valid_until, '[]') WITH &&);

-- +goose Down
ALTER TABLE licence_periods DROP CONSTRAINT licence_periods_apart;
DROP EXTENSION btree_gist;
