-- Row security of the inspection standards holds for their owner too, as everywhere.
-- +goose Up
ALTER TABLE inspection_standards FORCE ROW LEVEL SECURITY;

-- +goose Down
ALTER TABLE inspection_standards NO FORCE ROW LEVEL SECURITY;
