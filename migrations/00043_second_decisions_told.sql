-- Overseers are told by mail, without content, that a second decision waits for them.
-- +goose Up
ALTER TABLE deliveries ADD COLUMN fitness_check_id uuid REFERENCES fitness_checks,
    ADD CONSTRAINT deliveries_check_once UNIQUE (fitness_check_id, step, person_id),
    DROP CONSTRAINT deliveries_one_cause,
    ADD CONSTRAINT deliveries_one_cause CHECK (num_nonnulls(escalation_id, reading_id, notice_id, fitness_check_id) = 1);

-- +goose Down
ALTER TABLE deliveries NO FORCE ROW LEVEL SECURITY;
DELETE FROM deliveries WHERE fitness_check_id IS NOT NULL;
ALTER TABLE deliveries FORCE ROW LEVEL SECURITY;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_one_cause, DROP COLUMN fitness_check_id,
    ADD CONSTRAINT deliveries_one_cause CHECK (num_nonnulls(escalation_id, reading_id, notice_id) = 1);
