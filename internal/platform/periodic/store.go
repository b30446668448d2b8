package periodic

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

func claim(tx postgres.Tx, name string, every time.Duration) (mine bool, wait time.Duration, err error) {
	args := map[string]any{"name": name, "every": every.Seconds()}
	// A turn from the future is one of a clock that was set back since: it must
	// not stop the work until then.
	res := tx.Gorm().Exec(`
		INSERT INTO periodic_runs AS r (name, ran_at) VALUES (@name, now())
		ON CONFLICT (name) DO UPDATE SET ran_at = now()
		WHERE floor(extract(epoch FROM r.ran_at) / @every) <> floor(extract(epoch FROM now()) / @every)
		  AND (r.ran_at < now() OR r.ran_at > now() + make_interval(secs => @every))`, args)
	if res.Error != nil {
		return false, 0, res.Error
	}
	var seconds float64
	err = tx.Gorm().Raw(`SELECT @every - mod(extract(epoch FROM clock_timestamp()), CAST(@every AS numeric))`, args).Scan(&seconds).Error
	return res.RowsAffected == 1, time.Duration(seconds * float64(time.Second)), err
}
