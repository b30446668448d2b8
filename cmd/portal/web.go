package main

import (
	"errors"

	"github.com/fairpassage/portal/internal/platform/config"
)

// webCmd serves the site against a PostgreSQL and a Redis that others run.
type webCmd struct {
	Listen  string `help:"Address of the site (127.0.0.1:8080)." placeholder:"HOST:PORT"`
	Surface string `help:"Which sites: public, staff, or both with a comma." placeholder:"LIST"`
}

// Run serves until it is asked to stop.
func (c *webCmd) Run(p *program) error {
	conf, err := config.Load(p.getenv, config.Flags{Listen: c.Listen, Surface: c.Surface}, config.NeedDatabase, config.NeedRedis, config.NeedKeys, config.NeedShred, config.NeedBlobs)
	if err != nil {
		return err
	}
	if err := needsServers(conf); err != nil {
		return err
	}
	listener, err := listen(p.ctx, conf.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	w, err := openWorkplace(p, &record{conf: conf}, "web")
	if err != nil {
		return err
	}
	defer w.close()
	answer, err := w.site()
	if err != nil {
		return err
	}
	w.log.Info("serving", "at", conf.BaseURL)
	return answer(p.ctx, listener)
}

// needsServers refuses the servers of a data folder, which end with the process
// that started them.
func needsServers(conf config.Config) error {
	if conf.DatabaseURL == "" || conf.RedisURL == "" {
		return errors.New("DATABASE_URL and REDIS_URL are both needed: the servers of a data folder (PORTAL_DATA) are for portal run alone")
	}
	return nil
}

// workerCmd does the background work.
type workerCmd struct{}

// Run works until it is asked to stop.
func (c *workerCmd) Run(p *program) error {
	conf, err := config.Load(p.getenv, config.Flags{},
		config.NeedDatabase, config.NeedRedis, config.NeedKeys, config.NeedShred, config.NeedBlobs, config.NeedBaseURL)
	if err != nil {
		return err
	}
	if err := needsServers(conf); err != nil {
		return err
	}
	w, err := openWorkplace(p, &record{conf: conf}, "worker")
	if err != nil {
		return err
	}
	defer w.close()
	w.log.Info("working")
	return w.work(p.ctx)
}
