package guarantee

import (
	"encoding/json"
	"time"

	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type standingRow struct {
	ID        uuid.UUID
	NameLatin string
	NameLocal string
	Balances  string
	Counted   int64
	Claims    int64
	Other     bool
	Volume    int
	Required  *int64
	Expires   *time.Time
	Owed      bool
	TopUpBy   *time.Time
}

// standings finds agencies for which the condition holds, by name. A page of them
// is told by the arguments limit and offset.
func standings(tx postgres.Tx, l amountLaw, today time.Time, condition string, args map[string]any) ([]Standing, error) {
	tiers, err := json.Marshal(append([]tier{}, l.Tiers...))
	if err != nil {
		return nil, err
	}
	args["tiers"], args["currency"], args["today"], args["year"] = string(tiers), l.Currency, today, today.AddDate(-1, 0, 0)
	if _, paged := args["limit"]; !paged {
		args["limit"], args["offset"] = 1, 0
	}
	var rows []standingRow
	err = tx.Gorm().Raw(`
		SELECT a.id, a.name_latin, a.name_local, s.* FROM agencies a
		CROSS JOIN LATERAL (
			SELECT v.volume, h.balances, h.counted, h.expires, c.claims, c.other, t.owed, t.top_up_by,
				(SELECT r.amount FROM json_to_recordset(CAST(@tiers AS json)) AS r(up_to bigint, amount bigint)
					WHERE r.up_to IS NULL OR r.up_to >= v.volume ORDER BY r.up_to NULLS LAST LIMIT 1) AS required
			FROM (SELECT count(*) AS volume FROM placements p WHERE p.agency_id = a.id AND p.departed_on > @year AND p.departed_on <= @today) AS v,
			(SELECT coalesce(json_object_agg(k.currency, k.held), '{}') AS balances, CAST(coalesce(sum(k.held) FILTER (WHERE k.currency = @currency), 0) AS bigint) AS counted,
				min(k.expires) AS expires FROM (
				SELECT b.currency, CAST(sum(b.held) AS bigint) AS held, min(g.expires_on) AS expires FROM guarantee_balances b JOIN guarantees g ON g.id = b.guarantee_id
				WHERE b.agency_id = a.id AND b.held > 0 AND g.valid_from <= @today AND coalesce(g.expires_on >= @today, true) GROUP BY b.currency) AS k) AS h,
			(SELECT CAST(coalesce(sum(o.amount - guarantee_called(o.id)) FILTER (WHERE o.currency = @currency), 0) AS bigint) AS claims,
				coalesce(bool_or(o.currency <> @currency AND o.amount > guarantee_called(o.id)), false) AS other
				FROM guarantee_claims o WHERE o.agency_id = a.id AND o.closed_on IS NULL) AS c,
			(SELECT count(*) > 0 AS owed, min(u.due_on) AS top_up_by FROM guarantee_top_ups u WHERE u.agency_id = a.id AND u.cleared_on IS NULL) AS t
		) AS s WHERE `+condition+` ORDER BY lower(coalesce(nullif(a.name_latin, ''), a.name_local)), a.id LIMIT @limit OFFSET @offset`, args).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	all := make([]Standing, 0, len(rows))
	for _, r := range rows {
		s, err := r.standing(l.Currency)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (r standingRow) standing(currency string) (Standing, error) {
	s := Standing{
		AgencyID: r.ID, NameLatin: r.NameLatin, NameLocal: r.NameLocal, Volume: r.Volume, Adequacy: NotChecked, OtherCurrency: r.Other && currency != "",
		Counted: money.Money{Minor: r.Counted, Currency: currency}, OpenClaims: money.Money{Minor: r.Claims, Currency: currency},
		Expires: orZero(r.Expires), Owed: r.Owed, TopUpBy: orZero(r.TopUpBy),
	}
	held := map[string]int64{}
	if err := json.Unmarshal([]byte(r.Balances), &held); err != nil {
		return s, err
	}
	for code, minor := range held {
		s.Held = append(s.Held, money.Money{Minor: minor, Currency: code})
	}
	sortMoney(s.Held)
	if r.Required == nil {
		return s, nil
	}
	s.Required = money.Money{Minor: *r.Required, Currency: currency}
	if s.OtherCurrency {
		return s, nil
	}
	s.Adequacy = Adequate
	if missing := s.Required.Minor - (s.Counted.Minor - s.OpenClaims.Minor); missing > 0 {
		s.Adequacy, s.Missing = Short, money.Money{Minor: missing, Currency: currency}
	}
	return s, nil
}
