-- Somebody who is barred today is looked for among those on record, by birth date.
-- +goose Up
CREATE INDEX agency_parts_born ON agency_parts (born_on) WHERE born_on IS NOT NULL AND until IS NULL;

-- +goose Down
DROP INDEX agency_parts_born;
