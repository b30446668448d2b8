-- The thresholds with which a new installation starts, and the indexes by
-- which screening counts who was sent and who complained.
-- +goose Up
-- They are those of pattern.Seeds; a test compares. A later setting is a later
-- row: what was in force on a day stays known.
INSERT INTO rule_settings (rule, version, valid_from, params, source) VALUES
    ('broker-hub', 1, '2000-01-01',
     '{"min_voices": 3, "min_agencies": 2, "window_days": 180, "red_first_hand": 3}',
     'Typology 4, starting default; three after Philippine RA 8042, section 6: three victims are large scale'),
    ('complaint-burst', 1, '2000-01-01',
     '{"min_voices": 3, "window_days": 30, "max_tail": 0.01, "rate_days": 365, "lag_days": 90,
       "shrink_complaints": 0.5, "shrink_departures": 50, "min_corridor_departures": 200,
       "floor_per_year": {"agency": 2, "employer": 1}, "red_first_hand": 3}',
     'Typology 17, starting default; rates and shrinkage after the detection design, C2'),
    ('converging-testimony', 1, '2000-01-01',
     '{"min_voices": 2, "window_days": 365, "amber_grounded": 1, "red_first_hand": 3}',
     'Typology 21, starting default; ILO and European Commission Delphi indicators 2009; grades after the detection design, C1');

-- Everybody's totals by destination are read from the index alone.
CREATE INDEX placements_departed ON placements (departed_on) INCLUDE (country);
DROP INDEX complaints_filed;
CREATE INDEX complaints_filed ON complaints (filed_at) INCLUDE (country);

-- +goose Down
DROP INDEX complaints_filed;
CREATE INDEX complaints_filed ON complaints (filed_at);
DROP INDEX placements_departed;
DELETE FROM rule_settings WHERE valid_from = '2000-01-01' AND (rule, version) IN
    (('broker-hub', 1), ('complaint-burst', 1), ('converging-testimony', 1));
